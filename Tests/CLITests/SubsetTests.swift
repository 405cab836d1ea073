import Foundation
import Metrics
import Preprocessing
import Testing
import Volumes

/// `evaluate` with every subset of the inputs.
struct SubsetTests {
    private static let contrasts = ["T1", "T1Gd", "T2", "FLAIR"]
    private static let scores = ["", "_brain", "_lesion", "_outside_lesion"].flatMap { region in
        ["nmse", "psnr", "mae", "ssim", "nmse_gain", "psnr_gain", "mae_gain", "ssim_gain"].map { $0 + region }
            + (region.isEmpty ? ["gain", "sharpness", "gmsd"] : [])
    }

    /// A regression of every contrast from every subset of the others, as a weight file holds them.
    private static let regressions: [QuadraticRegression] = contrasts.indices.flatMap { target in
        InputImportance.subsets(of: contrasts.indices.filter { $0 != target }).map { inputs in
            let count = QuadraticRegression.featureCount(inputs: inputs.count)
            let weights = (0..<count).map { 0.05 + 0.3 / Double($0 + inputs[0] + target + 1) }
            return QuadraticRegression(target: target, inputs: inputs, coefficients: weights)
        }
    }

    private func evaluate(_ work: Workplace, _ model: String, _ more: [String] = [], out: String = "out") throws -> CLI
    {
        try CLI(["evaluate", work.path("in"), "--out", work.path(out), "--model", model] + more)
    }

    private func modelWithRegressions(_ work: Workplace) throws -> String {
        let text = String(decoding: try JSONEncoder().encode(Self.regressions), as: UTF8.self)
        return try work.model(with: ["regressions": text])
    }

    private func table(_ work: Workplace, _ file: String) throws -> CSVFile { CSVFile(try work.data(file)) }

    @Test func everySubsetHasARowAndTheLastIsTheMainOne() throws {
        let work = try Workplace()
        try Phantom.write(Self.contrasts, to: work.root.appending(path: "in/p1"))
        try Phantom.writeLesion(to: work.root.appending(path: "in/p1"))
        let run = try evaluate(work, modelWithRegressions(work), ["--json"])
        #expect(run.status == 0, "\(run.errors)")

        let subsets = try table(work, "out/subsets.csv")
        let names = ["patient", "contrast", "inputs", "input_count", "all_inputs"] + Self.scores
        let baselines =
            Self.scores.map { "zero_fill_\($0)" } + ["copy_of"] + Self.scores.map { "copy_\($0)" }
            + Self.scores.map { "regression_\($0)" }
        #expect(subsets.columns == names + baselines + ["model_sha256", "note"])
        #expect(subsets.rows.count == 28)
        for row in subsets.rows {
            for column in Self.scores + baselines where column != "copy_of" {
                #expect(Double(row[column] ?? "") != nil, "\(column) of \(row["inputs"] ?? "")")
            }
            #expect(row["inputs"]?.split(separator: " ").map(String.init).contains(row["copy_of"] ?? "") == true)
            #expect(row["note"] == "")
        }
        for contrast in Self.contrasts {
            let others = Self.contrasts.filter { $0 != contrast }
            let expected = InputImportance.subsets(of: [0, 1, 2]).map { $0.map { others[$0] }.joined(separator: " ") }
            let rows = subsets.rows(["contrast": contrast])
            #expect(rows.map { $0["inputs"] } == expected)
            #expect(rows.map { $0["all_inputs"] } == [String](repeating: "false", count: 6) + ["true"])
            let main = try #require(try table(work, "out/metrics.csv").rows(["contrast": contrast]).first)
            for column in Self.scores + baselines + ["inputs"] {
                #expect(rows.last?[column] == main[column], "\(column) of \(contrast)")
            }
        }
        let json = try #require(try run.json()["subsets"] as? [String: Any])
        #expect(NSDictionary(dictionary: json).isEqual(to: try work.json("out/subsets.json")))
        let entry = try #require((json["contrasts"] as? [String: [String: Any]])?["T2"])
        #expect((entry["subsets"] as? [[String: Any]])?.count == 7)
        #expect((entry["importance"] as? [String: Any])?.keys.sorted() == ["FLAIR", "T1", "T1Gd"])
        for page in ["out/subsets.html", "out/p1/subsets.html"] {
            let html = String(decoding: try work.data(page), as: UTF8.self)
            #expect(html.contains("Which contrast matters: p1") && html.contains("NMSE inside the lesions"))
        }
        for report in ["out/report.html", "out/p1/report.html"] {
            #expect(String(decoding: try work.data(report), as: UTF8.self).contains("href=\"./subsets.html\""))
        }
    }

    @Test func regressionsAndCopiesAreThoseOfTheSameInputs() throws {
        let work = try Workplace()
        try Phantom.write(Self.contrasts, to: work.root.appending(path: "in/p1"))
        #expect(try evaluate(work, modelWithRegressions(work)).status == 0)
        let images = try Self.contrasts.map { name -> [Float] in
            let voxels = try NIfTIFile.read(work.path("in/p1/\(name).nii.gz")).volume.voxels
            let scale = Float(try #require(Normalisation.percentile(99.5, of: voxels.filter { $0 > 0 })))
            return voxels.map { Normalisation.metrics.normalise($0, scale: scale) }
        }
        let brain = images[0].map { $0 > 0 }
        let subsets = try table(work, "out/subsets.csv")
        for fit in Self.regressions {
            let truth = Volume(grid: Phantom.grid(), voxels: images[fit.target])
            func score(_ voxels: [Float]) throws -> Scores {
                try ImageMetrics.score(truth: truth, imputed: Volume(grid: truth.grid, voxels: voxels))
            }
            let row = try #require(
                subsets.rows([
                    "contrast": Self.contrasts[fit.target],
                    "inputs": fit.inputs.map { Self.contrasts[$0] }.joined(separator: " "),
                ]).first)
            let regression = try score(fit.predict(images, brain: brain))
            #expect(try abs(number(row, "regression_nmse") - regression.nmse) < 1e-9)
            #expect(try abs(number(row, "regression_ssim") - (try #require(regression[.ssim]))) < 1e-9)
            let copies = try fit.inputs.map { try score(images[$0]).nmse }
            #expect(try abs(number(row, "copy_nmse") - (try #require(copies.min()))) < 1e-9)
        }
    }

    private func number(_ row: [String: String], _ column: String) throws -> Double {
        try #require(Double(row[column] ?? ""), "\(column)")
    }

    @Test func whatIsLeftOutShapesNothing() throws {
        // The patient's first contrast lies on a finer grid and its brain is larger than the others'.
        let work = try Workplace()
        let fine = Grid(
            size: Phantom.size,
            affine: Affine(i: SIMD3(-1.15, 0, 0), j: SIMD3(0, 1.3, 0), k: SIMD3(0, 0, 4), origin: SIMD3(24, -33, -10)))
        try Phantom.write(["T2", "FLAIR"], to: work.root.appending(path: "in/whole"))
        try NIfTIFile.write(Phantom.volume("T1", grid: fine), to: work.path("in/whole/T1.nii.gz"))
        for pair in [["T1", "FLAIR"], ["T2", "FLAIR"]] {
            let folder = work.root.appending(path: "in/\(pair[0])-alone")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for name in pair {
                try FileManager.default.copyItem(
                    atPath: work.path("in/whole/\(name).nii.gz"), toPath: folder.path + "/\(name).nii.gz")
            }
        }
        let run = try evaluate(work, modelWithRegressions(work), ["--targets", "FLAIR"])
        #expect(run.status == 0, "\(run.errors)")
        let subsets = try table(work, "out/subsets.csv")
        #expect(subsets.rows.count == 3 + 1 + 1)
        for input in ["T1", "T2"] {
            let part = try #require(subsets.rows(["patient": "whole", "inputs": input]).first)
            let alone = try #require(subsets.rows(["patient": "\(input)-alone", "inputs": input]).first)
            #expect(part["all_inputs"] == "false" && alone["all_inputs"] == "true" && part["copy_of"] == input)
            for column in ["nmse", "ssim", "psnr_brain", "regression_nmse", "copy_nmse", "zero_fill_ssim"] {
                #expect(try abs(number(part, column) - number(alone, column)) < 1e-5, "\(column) from \(input)")
            }
        }
    }

    @Test func patientsWithFewerContrasts() throws {
        let work = try Workplace()
        for (name, contrasts) in [("four", Self.contrasts), ("three", ["T1", "T2", "FLAIR"]), ("two", ["T1", "T2"])] {
            try Phantom.write(contrasts, to: work.root.appending(path: "in/\(name)"), seed: name.count)
        }
        let run = try evaluate(work, work.model)
        #expect(run.status == 0, "\(run.errors)")
        let subsets = try table(work, "out/subsets.csv")
        #expect(["four", "three", "two"].map { subsets.rows(["patient": $0]).count } == [28, 9, 2])
        #expect(
            subsets.rows(["patient": "three", "contrast": "T2"]).map { $0["inputs"] } == ["T1", "FLAIR", "T1 FLAIR"])
        #expect(
            subsets.rows.allSatisfy { ($0["regression_nmse"] == "") == ($0["note"]?.contains("no regression") == true) }
        )

        // With two inputs each is joined by one other: mean gain and leave-one-out gain are one.
        let record = try work.json("out/three/metrics.json")["contrasts"] as? [String: [String: Any]]
        let importance = try #require(record?["FLAIR"]?["importance"] as? [String: [String: [String: Any]]])
        let rows = subsets.rows(["patient": "three", "contrast": "FLAIR"])
        let saved = try number(rows[1], "nmse") - number(rows[2], "nmse")
        let gained = try number(rows[2], "ssim") - number(rows[1], "ssim")
        for kind in ["meanGain", "leaveOneOutGain"] {
            #expect(abs(try #require(importance["T1"]?[kind]?["nmse"] as? Double) - saved) < 1e-12)
            #expect(abs(try #require(importance["T1"]?[kind]?["ssim"] as? Double) - gained) < 1e-12)
        }
        let lone = try work.json("out/two/metrics.json")["contrasts"] as? [String: [String: Any]]
        #expect((lone?["T1"]?["importance"] as? [String: Any])?.isEmpty == true)
        #expect((lone?["T1"]?["subsets"] as? [Any])?.count == 1)

        let cohort = try work.json("out/subsets.json")
        #expect(cohort["patients"] as? [String] == ["four", "three", "two"])
        let target = try #require((cohort["contrasts"] as? [String: [String: Any]])?["T1"])
        let means = try #require(target["subsets"] as? [[String: Any]])
        let fromT2 = try #require(means.first { $0["inputs"] as? [String] == ["T2"] })
        #expect(fromT2["patients"] as? Int == 3)
        let values = try subsets.rows(["contrast": "T1", "inputs": "T2"]).map { try number($0, "nmse") }
        let mean = try #require((fromT2["scores"] as? [String: Any])?["nmse"] as? Double)
        #expect(values.count == 3 && abs(mean - values.reduce(0, +) / 3) < 1e-12)
        let added = try #require(target["importance"] as? [String: [String: Any]])
        #expect(added["T2"]?["patients"] as? Int == 2 && added["T1Gd"]?["patients"] as? Int == 1)
        #expect(String(decoding: try work.data("out/subsets.html"), as: UTF8.self).contains("means over 3 patients"))
    }

    @Test func laterRunsCompleteWhatWasLeftOut() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2", "FLAIR"], to: work.root.appending(path: "in/p1"))
        func run(_ more: [String], _ status: String, out: String = "out") throws {
            let run = try evaluate(work, work.model, more, out: out)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try work.statuses(out) == ["p1": status])
        }
        let page = ["out/subsets.csv", "out/subsets.json", "out/subsets.html", "out/p1/subsets.html"]
        try run(["--no-subsets"], "done")
        #expect(page.allSatisfy { !work.exists($0) })
        #expect(!String(decoding: try work.data("out/report.html"), as: UTF8.self).contains("subsets.html"))
        try run(["--no-subsets"], "skipped")
        try run([], "done")
        #expect(page.allSatisfy(work.exists))
        try run([], "skipped")
        let (before, table) = (work.files("out"), try work.data("out/subsets.csv"))
        try run(["--no-subsets"], "skipped")
        #expect(work.files("out") == before)
        #expect(try work.data("out/subsets.csv") == table)

        try run([], "done", out: "fresh")
        #expect(work.files("fresh") == before)
        for file in before where file.contains("/") || file.hasPrefix("subsets") || file == "metrics.csv" {
            #expect(try work.data("out/\(file)") == work.data("fresh/\(file)"), "\(file)")
        }
        try run(["--no-subsets", "--overwrite"], "done")
        #expect(page.allSatisfy { !work.exists($0) })
    }

    @Test func subsetsStayWhenTargetsAreAdded() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2", "FLAIR"], to: work.root.appending(path: "in/p1"))
        #expect(try evaluate(work, work.model, ["--targets", "T2"]).status == 0)
        #expect(try table(work, "out/subsets.csv").rows.count == 3)
        #expect(try evaluate(work, work.model, ["--targets", "T1", "--no-subsets"]).status == 0)
        #expect(try table(work, "out/subsets.csv").rows.map { $0["contrast"] } == ["T1", "T1", "T1", "T2", "T2", "T2"])
    }

    @Test func aSubsetThatLiesElsewhereIsNotedAndHarmsNothingElse() throws {
        // T1 reaches everywhere; T2 lies to its left and FLAIR to its right.
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p1")
        let wide = Grid(
            size: Phantom.size,
            affine: Affine(i: SIMD3(3, 0, 0), j: SIMD3(0, 1.2, 0), k: SIMD3(0, 0, 4), origin: SIMD3(-60, -30, -10)))
        try Phantom.write(["T1"], to: folder, grid: wide)
        try Phantom.write(["T2"], to: folder, grid: Phantom.grid(origin: SIMD3(-54, -30, -10)))
        try Phantom.write(["FLAIR"], to: folder, grid: Phantom.grid(origin: SIMD3(4, -30, -10)))
        let run = try evaluate(work, work.model, ["--targets", "FLAIR"])
        #expect(run.status == 0, "\(run.errors)")
        let rows = try table(work, "out/subsets.csv").rows
        #expect(rows.map { $0["inputs"] } == ["T1", "T2", "T1 T2"])
        #expect(rows.map { $0["nmse"] == "" } == [false, true, false])
        #expect(rows[1]["note"]?.contains("do not overlap in space") == true)
        let record = try work.json("out/p1/metrics.json")["contrasts"] as? [String: [String: Any]]
        let importance = record?["FLAIR"]?["importance"] as? [String: [String: [String: Any]]]
        #expect(importance?["T1"]?["meanGain"]?["nmse"] is NSNull)
        #expect(importance?["T2"]?["meanGain"]?["nmse"] is Double)
    }
}
