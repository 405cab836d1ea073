import Foundation
import TestSupport
import Testing

/// `train --from`: the tiny model goes on learning.
struct TrainFromTests {
    private static let yaml = """
        name: mine
        crop: {height: 96, width: 96}
        contrasts: [T2, PD, T1]
        steps: 4
        weights: {cycle: 0, ssim: 0, adversarial: 0, classification: 0, reconstruction: 1}
        checkpoints: {every: 2, keep: 2}
        averaging: 0.9

        """

    private func workplace(_ yaml: String = yaml) throws -> TrainingWorkplace {
        let place = try TrainingWorkplace(yaml)
        for (name, seed) in [("p1", 1), ("p2", 3)] { try place.add(name, ["T1", "T2", "PD"], seed: seed) }
        return place
    }

    @Test func aModelGoesOnLearningAndImputes() throws {
        let place = try workplace(Self.yaml + "split: {validation: [p2]}\n")
        let work = place.work
        let model = try work.model(with: ["provenance": #"{"patients": "p2,p7"}"#])
        let run = try place.train("--from", model, "--json")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("starting from tiny (\(model)): T2, T1 as there; PD new; T1Gd, FLAIR done without"))
        #expect(run.errors.contains("warning: p2 (validation): held out here, but tiny was trained on patients"))
        let from = try #require(try run.json()["from"] as? [String: Any])
        let hash = try #require(from["sha256"] as? String)
        #expect(from["name"] as? String == "tiny" && hash.count == 64)
        let log = try work.timeless("model/training.jsonl")
        let configuration = try #require(log.first?["configuration"] as? [String: Any])
        #expect((configuration["start"] as? [String: Any])?["model"] as? NSDictionary == from as NSDictionary)
        #expect(configuration["ngf"] as? Int == 8 && configuration["spacing"] as? Double == 1.2)
        let page = String(decoding: try work.data("model/train-report.html"), as: UTF8.self)
        #expect(page.contains("Started from") && page.contains("tiny (\(hash))"))

        let info = try CLI(["model", "info", work.path("model/model.safetensors"), "--json"]).json()
        #expect(info["contrasts"] as? [String] == ["T2", "PD", "T1"] && info["encoderWidth"] as? Int == 2)
        #expect(info["emptyEncoders"] as? [String] == ["T1Gd", "FLAIR"])
        let provenance = try #require(info["provenance"] as? [String: String])
        #expect(provenance["from"] == "tiny (\(hash))" && provenance["fromPatients"] == "p2,p7")

        try place.add("p3", ["T1", "T2"], seed: 3)
        let impute = try CLI([
            "impute", work.path("in/p3"), "--out", work.path("out"), "--model", work.path("model/best.safetensors"),
        ])
        #expect(impute.status == 0 && work.exists("out/p3/p3_PD_imputed.nii.gz"), "\(impute.errors)")
    }

    @Test func itResumesOnlyFromTheSameModel() throws {
        let place = try workplace()
        let (work, model) = (place.work, place.work.model)
        let whole = try place.train("--from", model)
        #expect(whole.status == 0, "\(whole.errors)")
        let weights = try work.data("model/model.safetensors")
        #expect(try place.train("--resume", "--from", model).errors.contains("this training is finished"))
        try place.remove("model/checkpoints/step-00000004.safetensors")
        for more in [[], ["--from", try work.model(with: ["name": "other"])]] {
            let refused = try CLI(place.arguments() + ["--resume"] + more)
            #expect(refused.status == 2 && refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
            #expect(refused.errors.contains("this training started from tiny ("), "\(refused.errors)")
        }
        #expect(try place.train("--resume", "--from", model).status == 0)
        #expect(try work.data("model/model.safetensors") == weights)

        try place.configure(TrainingWorkplace.direct + "steps: 2\n")
        #expect(try place.train(out: "fresh").status == 0)
        let refused = try place.train("--resume", "--from", model, out: "fresh")
        #expect(
            refused.status == 2 && refused.errors.contains("started from nothing, not from tiny"), "\(refused.errors)")
    }

    @Test(arguments: [
        ("ngf: 16", "tiny", "ngf: 16 is given, but tiny, which it starts from, has 8"),
        ("spacing: 1", "tiny", "spacing: 1.0 is given, but tiny, which it starts from, has 1.2"),
        ("regressionSkip: true", "tiny", "regressionSkip: true is given, but tiny, which it starts from, has false"),
        ("start: {skip: refit}", "tiny", "refit is given, but tiny, which it starts from, has no regression"),
        ("start: {scale: keep}", "tiny", "unknown key 'start.scale'; did you mean 'scales'?"),
        ("start: {skip: fresh}", "tiny", "'start.skip' must be one of keep, refit, not 'fresh'"),
        ("seed: 2", "none", "none.safetensors: no such model file; check --from"),
        ("seed: 2", "text", "text.safetensors"),
        ("start: {scales: keep}", "", "'start' says what is taken over of a model, but none is given"),
    ])
    func whatCannotBeIsRefusedOnOneLine(_ yaml: String, _ model: String, _ says: String) throws {
        let place = try workplace("crop: {height: 96, width: 96}\n\(yaml)\n")
        try Data("no model".utf8).write(to: place.work.root.appending(path: "text.safetensors"))
        let from = model.isEmpty ? [] : ["--from", place.work.path("\(model).safetensors")]
        let run = try CLI(place.arguments() + from)
        #expect(run.status == 2 && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        #expect(run.errors.contains(says), "\(run.errors)")
        #expect(!place.work.exists("model"))
    }

    /// The preset gives nothing that a model fixes.
    @Test func thePresetGoesWithAnyModel() throws {
        let place = try workplace()
        let preset = URL(filePath: Fixtures.path("")).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Pipelines/finetune.yaml")
        let model = try place.work.model(with: ["crop": "96x112"])
        try place.configure(
            String(contentsOf: preset, encoding: .utf8).replacing("steps: 13000", with: "steps: 2"))
        let run = try place.train("--from", model)
        #expect(run.status == 0, "\(run.errors)")
        let info = try CLI(["model", "info", place.work.path("model/model.safetensors"), "--json"]).json()
        #expect(info["contrasts"] as? [String] == ["T1", "T1Gd", "T2", "FLAIR"] && info["spacing"] as? Double == 1.2)
        #expect(info["crop"] as? [String: Int] == ["height": 96, "width": 112])
    }
}
