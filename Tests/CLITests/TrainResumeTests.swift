import Foundation
import TestSupport
import Testing
import Volumes

/// Resuming: with the patients that the training began with, after a failure, after the end.
struct TrainResumeTests {
    private static let yaml =
        TrainingWorkplace.direct + "steps: 40\ncheckpoints: {every: 20, keep: 2}\noptimiser: {rate: 1e-3}\n"

    /// Goes back to the first of two checkpoints.
    private func rewind(_ place: TrainingWorkplace, _ out: String = "model") throws {
        try place.remove("\(out)/checkpoints/step-00000040.safetensors")
    }

    /// Left out because a file cannot be read, because its contents cannot be used, and by its names: whoever is mended stays out.
    @Test func whoWasLeftOutStaysOut() throws {
        let place = try TrainingWorkplace(Self.yaml, patients: 2)
        try place.breakLink("in/p3/T1.nii.gz")
        try place.add("p4", ["T1"], seed: 4)
        try Phantom.writeNaN("T2", to: place.work.root.appending(path: "in/p4"))
        try place.add("p5", ["T1", "T1_run-2"], seed: 5)
        let first = try place.train("--json")
        #expect(first.status == 1, "\(first.errors)")
        #expect(try (first.json()["failed"] as? [String: String])?.keys.sorted() == ["p3", "p4", "p5"])
        let model = try place.work.data("model/model.safetensors")
        let log = try place.work.timeless("model/training.jsonl")

        try place.remove("in/p3")
        try place.remove("in/p5")
        for number in 3...5 { try place.add("p\(number)", seed: number) }
        try rewind(place)
        let resumed = try place.train("--resume", "--json")
        #expect(resumed.status == 1 && resumed.errorLines.isEmpty, "\(resumed.errors)")
        for name in ["p3", "p4", "p5"] {
            #expect(resumed.errors.contains("warning: \(name): was left out when this training began"))
        }
        #expect(try resumed.json()["patients"] as? [String] == ["p1", "p2"])
        #expect(try place.work.data("model/model.safetensors") == model)
        #expect(try place.work.timeless("model/training.jsonl") == log)

        #expect(try place.train("--overwrite").status == 0)
        #expect(try place.work.data("model/model.safetensors") != model)
    }

    @Test func whoIsLostIsAnErrorThatSaysWhatToDo() throws {
        let place = try TrainingWorkplace(Self.yaml, patients: 2)
        #expect(try place.train().status == 0)
        let model = try place.work.data("model/model.safetensors")
        try rewind(place)
        try place.move("in/p2", to: "p2")
        try place.breakLink("in/p2/T1.nii.gz")
        let run = try place.train("--resume")
        #expect(run.status == 2)
        #expect(run.errorLines.count == 1 && run.errors.contains("error: p2: the training began with this patient"))
        #expect(run.errors.contains("in/p2/T1.nii.gz") && run.errors.contains("--overwrite"))
        #expect(place.work.files("model/checkpoints") == ["step-00000020.safetensors"])
        try place.remove("in/p2")
        try place.move("p2", to: "in/p2")
        #expect(try place.train("--resume").status == 0)
        #expect(try place.work.data("model/model.safetensors") == model)
    }

    @Test func aFinishedTrainingIsLeftAlone() throws {
        let place = try TrainingWorkplace(Self.yaml + "split: {validation: [p2]}\n", patients: 2)
        let first = try place.train()
        #expect(first.status == 0)
        let files = place.work.files("model")
        let before = try files.map { try place.work.data("model/\($0)") }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1e9)],
            ofItemAtPath: place.work.path("model/model.safetensors"))
        let again = try place.train("--resume")
        #expect(again.status == 0 && again.errors.contains("this training is finished, nothing is left to do"))
        #expect(!again.errors.contains("measuring") && again.output == first.output)
        #expect(try files.map { try place.work.data("model/\($0)") } == before)
        let attributes = try FileManager.default.attributesOfItem(atPath: place.work.path("model/model.safetensors"))
        #expect(attributes[.modificationDate] as? Date == Date(timeIntervalSince1970: 1e9))

        // One that is not whole any more is finished again.
        let path = place.work.path("model/best.safetensors")
        let best = try Data(contentsOf: URL(filePath: path))
        for name in ["model.safetensors", "train-report.html"] {
            try place.remove("model/\(name)")
            let mended = try place.train("--resume")
            #expect(mended.status == 0 && mended.errors.contains("measuring"), "\(mended.errors)")
            #expect(place.work.files("model") == files)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == best)
        #expect(try place.work.data("model/model.safetensors") == before[files.firstIndex(of: "model.safetensors")!])
    }

    @Test func aSliceThatIsLostEndsAsFailedAndIsMadeAgain() throws {
        let place = try TrainingWorkplace(
            Self.yaml.replacingOccurrences(of: "steps: 40", with: "steps: 100000"), patients: 1)
        let cache = place.work.root.appending(path: "model/cache")
        let run = try CLI(place.arguments(), at: "training on") { _ in try FileManager.default.removeItem(at: cache) }
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.errorLines.count == 1 && run.errors.contains("was removed or damaged during the training"))
        #expect(run.output.contains("failed at step"))
        let end = try #require(try place.work.timeless("model/training.jsonl").last)
        #expect(end["event"] as? String == "end" && end["status"] as? String == "failed")
        #expect((end["reason"] as? String)?.contains(".slices: was removed") == true)
        let page = String(decoding: try place.work.data("model/train-report.html"), as: UTF8.self)
        #expect(page.contains("Failed") && page.contains(".slices: was removed") && page.contains("--resume"))
        let resumed = try CLI(place.arguments() + ["--resume"], interruptedAt: "training on")
        #expect(resumed.status == 130 && place.work.files("model/cache").count == 1)
    }

    /// A folder in the checkpoint's place stands in for a disk that fails.
    @Test func aCheckpointThatCannotBeWrittenEndsAsFailed() throws {
        let place = try TrainingWorkplace(Self.yaml, patients: 1)
        let blocked = "model/checkpoints/step-00000040.safetensors"
        #expect(try place.train(out: "whole").status == 0)
        #expect(try place.train().status == 0)
        try place.remove(blocked)
        try place.work.root.appending(path: blocked).makeFolder(with: "something")
        let run = try place.train("--resume")
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.errorLines.count == 1 && run.errors.contains("cannot be written"))
        #expect(try place.work.timeless("model/training.jsonl").last?["status"] as? String == "failed")
        #expect(place.work.exists("model/checkpoints/step-00000020.safetensors"))
        try place.remove(blocked)
        #expect(try place.train("--resume").status == 0)
        #expect(try place.work.data("model/model.safetensors") == place.work.data("whole/model.safetensors"))
        #expect(try place.work.timeless("model/training.jsonl") == place.work.timeless("whole/training.jsonl"))
    }
}

extension URL {
    /// A folder that holds a file.
    fileprivate func makeFolder(with name: String) throws {
        try FileManager.default.createDirectory(at: self, withIntermediateDirectories: true)
        try Data().write(to: appending(path: name))
    }
}
