import Foundation
import Testing

struct UsageTests {
    @Test func version() throws {
        let run = try CLI(["--version"])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("collagan "))
        #expect(run.errors.isEmpty)
    }

    @Test(arguments: [
        [], ["prepare"], ["impute"], ["evaluate"], ["train"], ["run"], ["preprocess"], ["collect"], ["metrics"],
        ["inspect"],
        ["model"],
        ["model", "info"], ["model", "verify"], ["model", "export"], ["model", "import"], ["bids"], ["benchmark"],
    ])
    func help(_ command: [String]) throws {
        let run = try CLI(command + ["--help"])
        #expect(run.status == 0)
        #expect(run.output.contains("USAGE: collagan"))
        #expect(run.errors.isEmpty)
    }

    @Test(arguments: [
        ["nonsense"], ["impute"], ["impute", "x"], ["impute", "x", "--out", "y", "--threads", "0"],
        ["impute", "x", "--out", "y", "--pattern", "T2"], ["impute", "x", "--out", "y", "--layout", "dicom"],
        ["impute", "x", "--out", "y", "--unknown"], ["metrics", "a"], ["metrics", "a", "b", "--range", "0"],
        ["run"], ["collect"], ["prepare", "x"], ["prepare", "x", "--out", "y", "--pattern", "T2"],
        ["train", "x", "--out", "y"],
        ["train", "x", "--out", "y", "--config", "z", "--resume", "--overwrite"], ["model", "verify", "a"],
        ["model", "export", "a", "--out", "b"], ["model", "export", "a", "--out", "b", "--format", "tflite"],
        ["model", "export", "a", "--out", "b", "--format", "pytorch", "--dynamic"], ["model", "import", "a"],
        ["bids", "a", "b"], ["bids", "a", "b", "session"],
        ["bids", "a", "b", "group", "--participant-label", "01"],
    ])
    func wrongUsage(_ arguments: [String]) throws {
        let run = try CLI(arguments)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("Error: "))
    }

    @Test(
        arguments: ["sse9", "AVX2", "avx2 ", "base\nline"], [["--version"], ["benchmark", "--ngf", "4"], ["nonsense"]])
    func anInstructionSetThatDoesNotExistIsRefusedOnOneLine(_ name: String, _ arguments: [String]) throws {
        let run = try CLI(arguments, environment: ["COLLAGAN_ISA": name])
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(run.errors)")
        #expect(run.errorLines.count == 1)
        for part in ["COLLAGAN_ISA=\(name.prefix(4))", "no such instruction set", "baseline"] {
            #expect(run.errors.contains(part), "\(run.errors)")
        }
    }
}
