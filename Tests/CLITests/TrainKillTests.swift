import CollaGAN
import Foundation
import Tensors
import Testing

/// Killed at any moment and resumed, a training ends in the bytes of one that was left alone.
struct TrainKillTests {
    /// What each method is told besides, so that a step needs what the one before left.
    private static let methods = [
        "collagan": """
        classifierFirstSteps: 2
        reconstructionFirstSteps: 30
        inputDropout: 0.3
        weights: {cycle: 1, ssim: 1, adversarial: 0.1, classification: 0.1, reconstruction: 10}
        """,
        "stargan": "contrasts: [T1, T1Gd, T2]\ngeneratorEvery: 2\nblocks: 1\nndf: 2",
        "cyclegan": "contrasts: [T1, T1Gd, T2]\npool: 3\nblocks: 1\nndf: 2",
        "pix2pix": "contrasts: [T1, T1Gd, T2]\nblocks: 1\nndf: 2",
    ]

    private func place(_ method: String = "collagan", steps: Int = 58) throws -> TrainingWorkplace {
        let yaml = """
            name: toy
            method: \(method)
            steps: \(steps)
            averaging: 0.9
            checkpoints: {every: 3, keep: 2}
            validation: {every: 7, slices: 2}
            split: {validation: [p2]}
            optimiser: {rate: 1e-3, decay: constant}
            \(Self.methods[method, default: ""])
            """
        return try TrainingWorkplace(TrainingWorkplace.small + yaml, patients: 3, ["T1", "T1Gd", "T2"])
    }

    /// What a kill in the middle of writing leaves goes when the training is resumed.
    @Test func leftoversAreCleared() throws {
        let place = try place(steps: 33)
        let work = place.work
        #expect(try place.train(out: "out").status == 0)
        let files = work.files("out")
        let half = [
            "samples/.step-00000007_1-T1.png.77.tmp", ".model.safetensors.77.tmp", ".best.safetensors.77.tmp",
            ".training.jsonl.77.tmp", ".train-report.html.77.tmp", "checkpoints/.step-00000036.safetensors.77.tmp",
        ]
        for name in half { try Data("half".utf8).write(to: work.root.appending(path: "out/\(name)")) }
        let last = work.path("out/checkpoints/step-00000035.safetensors")
        try FileManager.default.removeItem(atPath: last)
        #expect(try place.train("--resume", out: "out").status == 0)
        #expect(work.files("out") == files)
    }

    @Test(arguments: MethodName.allCases) func killedAndResumedTheFilesAreTheSame(_ method: MethodName) throws {
        let place = try place(method.rawValue)
        let work = place.work
        func arguments(_ folder: String) -> [String] { place.arguments(folder) + ["--threads", "1"] }
        #expect(try CLI(arguments("whole")).status == 0)

        var random = SeededGenerator(seed: 7)
        var (kills, begun) = (0, false)
        for _ in 0..<6 {
            let more = begun ? ["--resume"] : []
            let lines = try work.lines("killed/training.jsonl").count
            let isKilled = try kill(
                arguments("killed") + more, after: lines + Int.random(in: 1...9, using: &random),
                and: Int.random(in: 0...200, using: &random), in: work)
            guard isKilled else { break }
            kills += 1
            begun = !work.files("killed/checkpoints").filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
                .isEmpty
        }
        #expect(kills >= 1)
        let last = try CLI(arguments("killed") + ["--resume"])
        #expect(last.status == 0, "\(last.errors)")

        for file in ["model.safetensors", "best.safetensors"] {
            #expect(try work.data("killed/\(file)") == work.data("whole/\(file)"), "\(file) after \(kills) kills")
        }
        #expect(try work.timeless("killed/training.jsonl") == work.timeless("whole/training.jsonl"))
        #expect(work.files("killed") == work.files("whole"))
        for file in work.files("whole/samples") {
            #expect(try work.data("killed/samples/\(file)") == work.data("whole/samples/\(file)"), "\(file)")
        }
    }

    /// Starts the program and kills it once its log has grown to so many lines and was looked at some times more, without
    /// giving way, so that a busy machine does not let the program come to its end meanwhile.
    ///
    /// - Returns: false if it ended before.
    private func kill(_ arguments: [String], after lines: Int, and looks: Int, in work: Workplace) throws -> Bool {
        let process = Process()
        process.executableURL = CLI.program
        process.arguments = arguments
        (process.standardError, process.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        while process.isRunning, try work.lines("killed/training.jsonl").count < lines { sched_yield() }
        for _ in 0..<looks { _ = try work.lines("killed/training.jsonl") }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
    }
}

extension Workplace {
    /// Lines of a file; none if it is not there.
    func lines(_ relative: String) throws -> [String] {
        guard exists(relative) else { return [] }
        return String(decoding: try data(relative), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Lines of a training's log without what tells the time.
    func timeless(_ relative: String) throws -> [NSDictionary] {
        try lines(relative).map { line in
            var object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            for key in ["time", "seconds", "stepsPerSecond"] { object[key] = nil }
            return object as NSDictionary
        }
    }
}
