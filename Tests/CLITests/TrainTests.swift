import Foundation
import Testing

struct TrainTests {
    private static let configuration =
        TrainingWorkplace.direct + """
            name: toy
            checkpoints: {every: 1, keep: 2}
            optimiser: {rate: 1e-3, decay: constant}

            """

    @Test func trainsAndTheModelImputes() throws {
        let place = try TrainingWorkplace(Self.configuration + "steps: 2")
        try place.add("p1", ["T1", "T1Gd", "T2", "FLAIR"], seed: 1)
        try place.add("p2", ["T1", "T2", "FLAIR"], seed: 2)
        let (work, arguments) = (place.work, place.arguments())
        let run = try CLI(arguments + ["--json"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try run.json()["finished"] as? Bool == true)
        #expect(
            work.files("model").filter { !$0.hasPrefix("cache/") } == [
                "checkpoints/step-00000001.safetensors", "checkpoints/step-00000002.safetensors", "model.safetensors",
                "split.json", "train-report.html", "training.jsonl",
            ])

        let again = try CLI(arguments)
        #expect(again.status == 2)
        #expect(again.errors.contains("--resume"))
        #expect(try CLI(arguments + ["--resume"]).status == 0)

        let impute = try CLI([
            "impute", work.path("in/p2"), "--out", work.path("out"), "--model", work.path("model/model.safetensors"),
        ])
        #expect(impute.status == 0, "\(impute.errors)")
        #expect(work.exists("out/p2/p2_T1Gd_imputed.nii.gz"))

        // A model whose checkpoints were thrown away is not trained over unless that is asked for.
        let model = try work.data("model/model.safetensors")
        try FileManager.default.removeItem(at: work.root.appending(path: "model/checkpoints"))
        for more in [[], ["--resume"]] {
            let refused = try CLI(arguments + more)
            #expect(refused.status == 2)
            #expect(refused.errors.contains("--overwrite"))
        }
        #expect(try work.data("model/model.safetensors") == model)
        #expect(try CLI(arguments + ["--overwrite"]).status == 0)
    }

    @Test func interruptedTrainingLeavesACheckpoint() throws {
        let place = try TrainingWorkplace(Self.configuration + "steps: 1000000", patients: 1)
        let (work, arguments) = (place.work, place.arguments())
        for more in [[], ["--resume"]] {
            let run = try CLI(arguments + more, interruptedAt: "training on")
            #expect(run.status == 130, "\(run.errors)")
            #expect(run.errors.contains("--resume"))
            #expect(!work.files("model/checkpoints").isEmpty && work.exists("model/model.safetensors"))
        }
    }

    @Test(arguments: [
        ("ngf: 4\nstpes: 3", "line 2: unknown key 'stpes'; did you mean 'steps'?"),
        ("weights: {recon: 1}", "unknown key 'weights.recon'"), ("steps: -1", "steps"),
        ("optimiser: {decay: cosine}", "optimiser.decay"), ("augmentation: {flip: 3}", "flip"),
        ("augmentation: {spin: 3}", "unknown key 'augmentation.spin'"),
    ])
    func configurationIsStrict(_ yaml: String, _ says: String) throws {
        let place = try TrainingWorkplace(yaml, patients: 1)
        let run = try place.train()
        #expect(run.status == 2)
        #expect(run.errors.split(separator: "\n").count == 1 && run.errors.contains(says), "\(run.errors)")
        #expect(!place.work.exists("model"))
    }
}
