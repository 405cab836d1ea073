import Foundation
import Testing

/// The program takes as many threads as it was given processors, unless it is told a number.
struct ThreadSupplyTests {
    private static let taskset = "/usr/bin/taskset"
    private static let timing = ["benchmark", "--ngf", "4", "--size", "16", "--repeats", "1", "--json"]

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: taskset)))
    func oneProcessorIsOneThread() throws {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
        let first = try #require(line.split(separator: ":").last?.split { !$0.isNumber }.first)
        for (more, threads) in [([], 1), (["--threads", "2"], 2)] {
            let run = try CLI(
                ["-c", String(first), CLI.program.path] + Self.timing + more, program: URL(filePath: Self.taskset))
            #expect(try run.json()["threads"] as? Int == threads, "\(run.errors)")
        }
    }

    @Test func slurmsAllotmentIsKept() throws {
        let run = try CLI(Self.timing, environment: ["SLURM_CPUS_PER_TASK": "1"])
        #expect(try run.json()["threads"] as? Int == 1, "\(run.errors)")
    }
}
