import Foundation
import TestSupport
import Testing

/// The prepared patients of a training, as a user meets them.
struct TrainCacheTests {
    private static let configuration = """
        ngf: 4
        crop: {height: 96, width: 96}
        spacing: 1.2
        steps: 1
        weights: {cycle: 0, ssim: 0, adversarial: 0, classification: 0, reconstruction: 1}
        """

    private func workplace() throws -> Workplace {
        let work = try Workplace()
        for seed in 1...2 {
            try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p\(seed)"), seed: seed)
        }
        try Data(Self.configuration.utf8).write(to: work.root.appending(path: "c.yaml"))
        return work
    }

    private func arguments(_ work: Workplace, _ out: String) -> [String] {
        ["train", work.path("in"), "--config", work.path("c.yaml"), "--out", work.path(out)]
    }

    private func inodes(_ work: Workplace, _ folder: String) throws -> [Int] {
        try work.files(folder).map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: work.path("\(folder)/\(name)"))
            return (attributes[.systemFileNumber] as? NSNumber)?.intValue ?? 0
        }
    }

    @Test func preparedOnceAndSharedBetweenTrainings() throws {
        let work = try workplace()
        let first = try CLI(arguments(work, "one") + ["--cache", work.path("shared")])
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.errors.contains("preparing 2 patients once, about"))
        let files = try inodes(work, "shared")
        #expect(files.count == 2 && !work.exists("one/cache"))
        let second = try CLI(arguments(work, "two") + ["--cache", work.path("shared")])
        #expect(second.status == 0 && !second.errors.contains("preparing"))
        #expect(try inodes(work, "shared") == files)
        #expect(try work.data("one/model.safetensors") == work.data("two/model.safetensors"))
    }

    @Test func whatIsNotNeededGoes() throws {
        let work = try workplace()
        #expect(try CLI(arguments(work, "model")).status == 0)
        let before = work.files("model/cache")
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p2"), seed: 9)
        #expect(try CLI(arguments(work, "model") + ["--overwrite"]).status == 0)
        let after = work.files("model/cache")
        #expect(after.count == 2 && after[0] == before[0] && after[1] != before[1])
    }

    /// A limit on the size of files stands in for a full disk: the write fails in the middle.
    @Test func aWriteThatFailsIsOneLine() throws {
        let work = try workplace()
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/bash")
        let command = ([CLI.program.path] + arguments(work, "model")).map { "'\($0)'" }.joined(separator: " ")
        shell.arguments = ["-c", "trap '' XFSZ; ulimit -f 100; exec \(command)"]
        let pipe = Pipe()
        shell.standardError = pipe
        shell.standardOutput = FileHandle.nullDevice
        try shell.run()
        let errors = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 2)
        #expect(errors.split(separator: "\n").filter { $0.contains("rror: ") }.count == 1, "\(errors)")
        #expect(errors.contains("cannot be written") && errors.contains("free space"))
        #expect(work.files("model") == ["split.json"])
    }

    @Test func interruptedWhilePreparingItGoesOn() throws {
        let work = try workplace()
        for seed in 3...30 {
            try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p\(seed)"), seed: seed)
        }
        let run = try CLI(arguments(work, "model"), interruptedAt: "preparing")
        #expect(run.status == 130, "\(run.errors)")
        let again = try CLI(
            arguments(work, "model") + (work.exists("model/checkpoints") ? ["--resume"] : []))
        #expect(again.status == 0, "\(again.errors)")
        #expect(work.files("model/cache").count == 30)
    }
}
