import CollaGAN
import Foundation
import TestSupport
import Testing

/// Models of every method go through the same commands.
struct MethodTests {
    private static let contrasts = ["T1", "T1Gd", "T2", "FLAIR"]
    private static let others = ["stargan", "cyclegan", "pix2pix"]

    private static func yaml(_ method: String, _ more: String = "") -> String {
        TrainingWorkplace.small + "method: \(method)\nsteps: 6\nblocks: 1\nndf: 2\n\(more)"
    }

    private func trained(_ method: String) throws -> TrainingWorkplace {
        let place = try TrainingWorkplace(Self.yaml(method), patients: 2, Self.contrasts)
        let run = try place.train()
        #expect(run.status == 0, "\(run.errors)")
        return place
    }

    @Test(arguments: others) func aModelIsToldOfUsedAndScored(_ method: String) throws {
        let place = try trained(method)
        let (work, model) = (place.work, place.work.path("model/model.safetensors"))
        let info = try CLI(["model", "info", model, "--json"]).json()
        #expect(info["method"] as? String == method && info["blocks"] as? Int == 1)
        #expect(info["generators"] as? Int == (method == "stargan" ? 1 : 12))
        let sources = try #require(info["sources"] as? [String: [String]])
        #expect(sources["FLAIR"]?.sorted() == ["T1", "T1Gd", "T2"])
        let text = try CLI(["model", "info", model]).output
        #expect(text.contains("method: \(method)") && text.contains("FLAIR of \(sources["FLAIR"]![0])"))

        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "lacking/p9"), seed: 9)
        let impute = ["impute", work.path("lacking"), "--model", model, "--out"]
        let best = try CLI(impute + [work.path("best")])
        #expect(best.status == 0, "\(best.errors)")
        func used(_ folder: String) throws -> [String] {
            let record = try work.json("\(folder)/p9/metrics.json")["contrasts"] as? [String: Any]
            return (record?["FLAIR"] as? [String: Any])?["inputs"] as? [String] ?? []
        }
        #expect(try used("best") == [sources["FLAIR"]![0]])
        let last = sources["FLAIR"]![2]
        let chosen = try CLI(impute + [work.path("chosen"), "--from", last.lowercased()])
        #expect(chosen.status == 0, "\(chosen.errors)")
        #expect(try used("chosen") == [last])
        let image = "p9/p9_FLAIR_imputed.nii.gz"
        #expect(try work.data("best/\(image)") != work.data("chosen/\(image)"))
        // The source is a part of what a result is of.
        #expect(try CLI(impute + [work.path("chosen")]).status == 0)
        #expect(try work.data("best/\(image)") == work.data("chosen/\(image)"))

        let scores = try CLI(["evaluate", work.path("in/p1"), "--model", model, "--out", work.path("scores"), "--json"])
        #expect(scores.status == 0, "\(scores.errors)")
        #expect(work.exists("scores/subsets.csv"))
        let flair = (try work.json("scores/subsets.json")["contrasts"] as? [String: Any])?["FLAIR"] as? [String: Any]
        let subsets = (flair?["subsets"] as? [[String: Any]] ?? []).compactMap { $0["inputs"] as? [String] }
        #expect(subsets.last?.count == 3 && subsets.count == 7, "all inputs are a row of their own: \(subsets)")
        let one = try CLI(
            ["evaluate", work.path("in/p1"), "--model", model, "--out", work.path("one"), "--from", "T2"])
        #expect(one.status == 0, "\(one.errors)")
        let record = try work.json("one/p1/metrics.json")["contrasts"] as? [String: Any] ?? [:]
        #expect(record.keys.sorted() == ["FLAIR", "T1", "T1Gd"] && !work.exists("one/subsets.csv"))
        let both = try CLI(
            ["evaluate", work.path("in/p1"), "--model", model, "--out", work.path("both"), "--from", "T2", "--subsets"])
        #expect(both.status == 64 && both.errors.contains("exclude each other"), "\(both.errors)")
    }

    @Test func whatDoesNotFitIsRefusedWithOneLine() throws {
        let place = try trained("pix2pix")
        let (work, model) = (place.work, place.work.path("model/model.safetensors"))
        try Phantom.write(["T1", "T1Gd"], to: work.root.appending(path: "lacking/p9"), seed: 9)
        func refusal(_ arguments: [String], status: Int32 = 2) throws -> String {
            let run = try CLI(arguments)
            #expect(run.status == status, "\(run.errors)")
            #expect(run.errorLines.count == 1, "\(run.errors)")
            return run.errorLines.first ?? ""
        }
        let impute = ["impute", work.path("lacking"), "--out", work.path("out"), "--from"]
        #expect(
            try refusal(impute + ["T1", "--model", work.model]).contains(
                "is of method collagan, which makes a contrast of all that are there; leave out --from T1"))
        #expect(try refusal(impute + ["PD", "--model", model]).contains("source 'PD': the model does not know"))
        #expect(
            try refusal(impute + ["T2", "--model", model], status: 1).contains("lacks T2, of which all is to be made"))
        #expect(
            try refusal([
                "train", work.path("in"), "--config", work.path("c.yaml"), "--out", work.path("x"), "--from", model,
            ])
            .contains("whose trainings start from nothing; leave out --from"))
        try place.configure(TrainingWorkplace.small)
        #expect(
            try refusal([
                "train", work.path("in"), "--config", work.path("c.yaml"), "--out", work.path("x"), "--from", model,
            ])
            .contains("pix2pix is of method pix2pix, whose trainings start from nothing"))
        let golden = Fixtures.path("generator-ngf8/case.safetensors")
        #expect(
            try refusal(["model", "verify", model, golden]).contains("golden cases are of collagan's networks only"))
        let export = try refusal(["model", "export", model, "--format", "onnx", "--out", work.path("out.onnx")])
        #expect(export.contains("\(model): is a pix2pix model; only collagan's can be exported"))
    }

    @Test func keysOfOtherMethodsAreRefused() throws {
        for (yaml, part) in [
            (Self.yaml("stargan", "ssimRange: 1\n"), "ssimRange: means nothing to method stargan"),
            (
                Self.yaml("cyclegan", "weights: {reconstruction: 1}\n"),
                "weights.reconstruction: means nothing to method cyclegan"
            ),
            (TrainingWorkplace.small + "pool: 3\n", "pool: means nothing to method collagan"),
            (
                TrainingWorkplace.small + "method: nonesuch\n",
                "must be one of \(MethodName.allCases.map(\.rawValue).joined(separator: ", ")), not 'nonesuch'"
            ),
            (Self.yaml("pix2pix", "blcks: 1\n"), "blcks"),
            (Self.yaml("pix2pix", "start: {skip: refit}\n"), "start: means nothing to method pix2pix"),
            (TrainingWorkplace.small + "sampling: {inputsOnly: {p2: [T1]}}\n", "lists p2, but no patient is called so"),
        ] {
            let place = try TrainingWorkplace(yaml, patients: 1, Self.contrasts)
            let run = try place.train()
            #expect(run.status == 2 && run.errorLines.count == 1, "\(run.errors)")
            #expect(run.errorLines.first?.contains(part) == true, "\(run.errors)")
            #expect(!place.work.exists("model"))
        }
    }

    @Test(arguments: [
        "stargan.yaml", "stargan-small.yaml", "cyclegan.yaml", "cyclegan-small.yaml", "pix2pix.yaml",
        "pix2pix-small.yaml",
        "paper-small.yaml",
    ])
    func presetsAreSound(_ name: String) throws {
        let work = try Workplace()
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Pipelines/\(name)").path
        let run = try CLI(["train", work.path("nobody"), "--config", file, "--out", work.path("out")])
        // The configuration is read before patients are looked for.
        #expect(run.status == 2 && run.errors.contains("nobody"), "\(run.errors)")
    }

    @Test(arguments: others) func theBenchmarkTimesEachMethod(_ method: String) throws {
        for mode in ["infer", "train"] {
            let run = try CLI(
                [
                    "benchmark", "--method", method, "--mode", mode, "--ngf", "4", "--size", "96", "--repeats", "1",
                    "--json",
                ])
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json()["method"] as? String == method)
            #expect(try (run.json()["median_ms"] as? Double ?? 0) > 0)
        }
    }

    @Test func theBenchmarkTimesATrainedModel() throws {
        let place = try trained("cyclegan")
        let model = place.work.path("model/model.safetensors")
        let benchmark = ["benchmark", "--size", "96", "--repeats", "1", "--json", "--model"]
        let run = try CLI(benchmark + [model])
        #expect(run.status == 0, "\(run.errors)")
        let json = try run.json()
        #expect(json["method"] as? String == "cyclegan" && json["ngf"] as? Int == 4)
        #expect((json["median_ms"] as? Double ?? 0) > 0)
        for (more, status, part) in [
            ([model, "--mode", "train"], Int32(64), "holds no discriminator"), (["none"], 2, "no such model file"),
            ([model, "--ngf", "4"], 64, "leave out --ngf"), ([model, "--method", "stargan"], 64, "and --method"),
        ] {
            let refused = try CLI(benchmark + more)
            #expect(refused.status == status && refused.errors.contains(part), "\(refused.errors)")
        }
    }
}
