import Foundation
import Testing

/// What a training tells: log, page, result and exit status.
struct TrainLogTests {
    private static let configuration =
        TrainingWorkplace.direct + """
            name: toy <net>
            steps: 40
            checkpoints: {every: 20, keep: 1}
            validation: {every: 10, slices: 3}
            optimiser: {rate: 1e-3, decay: constant}
            """

    private func workplace(_ configuration: String = configuration) throws -> (Workplace, [String]) {
        let place = try TrainingWorkplace(configuration)
        try place.add("p1", ["T1", "T1Gd", "T2", "FLAIR"], seed: 1)
        try place.add("p2", ["T1", "T2", "FLAIR"], seed: 2)
        return (place.work, place.arguments())
    }

    @Test func everyEventHasItsLine() throws {
        let (work, arguments) = try workplace(Self.configuration + "\nsplit: {validation: [p2]}\n")
        let run = try CLI(arguments)
        #expect(run.status == 0, "\(run.errors)")
        let lines = try work.timeless("model/training.jsonl")
        #expect(
            lines.map { $0["event"] as? String } == [
                "start", "baselines", "validation", "progress", "validation", "checkpoint", "validation", "progress",
                "validation", "checkpoint", "end",
            ])
        #expect(lines.map { $0["step"] as? Int } == [nil, nil, 10, 20, 20, 20, 30, 40, 40, 40, 40])
        #expect(lines[0]["training"] as? [String] == ["p1"] && lines[0]["validation"] as? [String] == ["p2"])
        #expect((lines[0]["configuration"] as? [String: Any])?["ngf"] as? Int == 4)
        let scores = try #require(lines[8]["scores"] as? [String: [String: Any]])
        #expect(Set(scores.keys) == ["T1", "T2", "FLAIR"], "p2 has no T1Gd to compare with")
        #expect(scores.values.allSatisfy { ($0["nmse"] as? Double).map { $0 > 0 } == true })
        #expect(lines[10]["status"] as? String == "finished")
        for word in ["validation", "FLAIR", "best.safetensors", "train-report.html", "trained at step 40"] {
            #expect(run.output.contains(word), "\(word)")
        }
    }

    @Test func thePageShowsCurvesPicturesAndTheSplit() throws {
        let (work, arguments) = try workplace(Self.configuration + "\nsplit: {validation: [p2]}\n")
        #expect(try CLI(arguments).status == 0)
        let page = String(decoding: try work.data("model/train-report.html"), as: UTF8.self)
        #expect(page.contains("toy &lt;net&gt;") && !page.contains("<net>"))
        for title in ["FLAIR: NMSE", "FLAIR: SSIM", "Reconstruction: mean", "Learning rate"] {
            #expect(page.contains(title), "\(title)")
        }
        #expect(page.matches(of: #/class="curve" points="/#).count == 8, "3 contrasts twice, reconstruction, rate")
        #expect(
            page.matches(of: #/data:image\/png/#).count == 3 * 6,
            "acquired, regression and four steps of three contrasts")
        #expect(page.contains("Finished") && page.contains("collagan impute"))
        for forbidden in ["<script", "<link", "http:", "https:"] { #expect(!page.contains(forbidden)) }
        #expect(work.files("model/samples").count == 3 * 6)
    }

    @Test func withoutValidationPatientsTheLossesRemain() throws {
        let (work, arguments) = try workplace()
        let run = try CLI(arguments + ["--json"])
        #expect(run.status == 0)
        let result = try run.json()
        #expect(result["best"] == nil && result["scores"] == nil)
        #expect((result["model"] as? String)?.hasSuffix("model/model.safetensors") == true)
        let page = String(decoding: try work.data("model/train-report.html"), as: UTF8.self)
        #expect(page.contains("Reconstruction: mean") && !page.contains("Validation patients over the steps"))
        #expect(!work.exists("model/best.safetensors") && !work.exists("model/samples"))
    }

    @Test func aDivergedTrainingExitsWithOneAndSaysWhatToChange() throws {
        let diverging = Self.configuration.replacingOccurrences(of: "rate: 1e-3", with: "rate: 1e6")
            .replacingOccurrences(of: "steps: 40", with: "steps: 400")
        let (work, arguments) = try workplace(diverging)
        let run = try CLI(arguments)
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.errorLines.count == 1 && run.errors.contains("optimiser.rate"))
        #expect(run.output.contains("diverged at step"))
        #expect(try work.timeless("model/training.jsonl").last?["status"] as? String == "diverged")
        let page = String(decoding: try work.data("model/train-report.html"), as: UTF8.self)
        #expect(page.contains("Diverged"))
    }

    @Test func aDamagedCheckpointIsAWarning() throws {
        let keeping = Self.configuration.replacingOccurrences(of: "keep: 1", with: "keep: 2")
        let (work, arguments) = try workplace(keeping)
        #expect(try CLI(arguments).status == 0)
        let before = try work.data("model/model.safetensors")
        let log = try work.timeless("model/training.jsonl")
        let last = work.path("model/checkpoints/step-00000040.safetensors")
        try Data(contentsOf: URL(filePath: last)).prefix(70_000).write(to: URL(filePath: last))
        let run = try CLI(arguments + ["--resume"])
        #expect(run.status == 0)
        #expect(run.errors.contains("warning: ") && run.errors.contains("step-00000040.safetensors"))
        #expect(try work.data("model/model.safetensors") == before)
        #expect(try work.timeless("model/training.jsonl") == log)
    }
}
