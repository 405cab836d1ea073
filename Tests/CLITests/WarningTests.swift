import Files
import Foundation
import Patients
import Pipeline
import Testing
import TestSupport
import Volumes

/// What a user must know is said in every place where it is looked for, under a stable code.
struct WarningTests {
    private func codes(_ warnings: Any?) -> [String] {
        (warnings as? [String] ?? []).map { String($0.prefix { $0 != ":" }) }
    }

    private func warnings(_ work: Workplace, _ folder: String) throws -> [String: [String]] {
        let entries = try work.json("\(folder)/run.json")["patients"] as? [[String: Any]] ?? []
        return Dictionary(
            uniqueKeysWithValues: entries.map { ($0["name"] as? String ?? "", codes($0["warnings"])) })
    }

    /// Left and right are a guess where a header does not say how its axes lie.
    @Test func aDoubtfulHeaderIsNamedEverywhere() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p1")
        for name in ["p1", "fine"] { try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/\(name)")) }
        for contrast in ["T1", "T2"] {
            try FileManager.default.removeItem(at: folder.appending(path: "\(contrast).nii.gz"))
            let file = folder.appending(path: "\(contrast).nii")
            try NIfTIFile.write(Phantom.volume(contrast), to: file.path)
            var bytes = try Data(contentsOf: file)
            // qform_code and sform_code
            bytes.replaceSubrange(252..<256, with: Data(count: 4))
            try bytes.write(to: file)
        }
        let run = try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("warning doubtful-header: 1 patient: p1"), "\(run.output)")
        #expect(try warnings(work, "out")["p1"]?.filter { $0 == "doubtful-header" }.count == 2)
        #expect(try warnings(work, "out")["fine"]?.contains("doubtful-header") == false)
        for page in ["out/p1/report.html", "out/report.html"] {
            let text = String(decoding: try work.data(page), as: UTF8.self)
            #expect(text.contains("T2.nii: has no orientation in its header"), "\(page)")
        }
    }

    @Test func oddInputsAreNamedEverywhere() throws {
        let work = try Workplace()
        let odd: [String: (Float, Int) -> Float] = [
            "labels": { value, _ in (value / 150).rounded() },
            "scores": { value, _ in value == 0 ? 0 : (value - 300) / 100 },
            "cut": { value, _ in min(value, 330) },
            "flat": { value, index in value == 0 ? 0 : 1000 + Float(index % 300) / 10 },
            "spots": { value, index in index % 150 == 0 ? value * 100 : value },
            "fine": { value, _ in value },
        ]
        for (name, change) in odd {
            let folder = work.root.appending(path: "in/\(name)")
            try Phantom.write(["T1", "T1Gd", "T2"], to: folder)
            var volume = Phantom.volume("T2")
            volume.voxels = volume.voxels.enumerated().map { change($0.element, $0.offset) }
            try NIfTIFile.write(volume, to: folder.appending(path: "T2.nii.gz").path)
        }
        let run = try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 0, "\(run.errors)")
        let found = try warnings(work, "out").filter { $0.value.contains("odd-intensities") }.keys.sorted()
        #expect(found == ["cut", "flat", "labels", "scores", "spots"])
        #expect(run.output.contains("warning odd-intensities: 5 patients: cut, flat, labels, scores, spots"))
        #expect(run.errors.contains("warning: scores: odd-intensities: T2 (T2.nii.gz) has "))
        for (name, says) in [
            ("labels", "different values"), ("scores", "below 0"), ("cut", "largest value"),
            ("flat", "nearly constant"),
            ("spots", "a few bright voxels"),
        ] {
            let sidecar = try work.json("out/\(name)/\(name)_FLAIR_imputed.json")["warnings"] as? [String] ?? []
            #expect(sidecar.contains { $0.hasPrefix("odd-intensities: ") && $0.contains(says) }, "\(sidecar)")
            let row = CSVFile(try work.data("out/metrics.csv")).rows(["patient": name]).first
            #expect(row?["warnings"]?.contains(says) == true)
            for page in ["out/\(name)/report.html", "out/report.html"] {
                #expect(String(decoding: try work.data(page), as: UTF8.self).contains(says), "\(page)")
            }
        }
        #expect((try work.json("out/run.json")["warned"] as? [String: [String]])?["odd-intensities"] == found)
        // A later run that redoes nothing knows them, too.
        #expect(try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model]).status == 0)
        #expect(try warnings(work, "out").filter { $0.value.contains("odd-intensities") }.keys.sorted() == found)
    }

    /// Known from names and sidecars alone, so that the plan and `inspect` have it, too.
    @Test func unusedImagesAndContradictingSidecarsAreNamedEverywhere() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2", "scan"], to: work.root.appending(path: "in/p"))
        try Data(#"{"InversionTime": 2.5, "EchoTime": 0.12, "RepetitionTime": 9}"#.utf8)
            .write(to: work.root.appending(path: "in/p/T2.json"))
        let unused = "T1Gd, FLAIR are missing, and not used were scan.nii.gz (may be T1Gd or FLAIR)"
        let contradicted = "T2.nii.gz is taken for T2 ('t2' stands for T2), but T2.json says FLAIR (InversionTime 2.5 s"
        let arguments = [work.path("in"), "--out", work.path("out"), "--model", work.model]
        for says in [unused, contradicted] {
            #expect(try CLI(["impute"] + arguments + ["--plan"]).output.contains("warning: p: \(says)"))
            #expect(try CLI(["inspect", work.path("in")]).output.contains("warning: \(says)"))
        }
        #expect(try CLI(["inspect", work.path("in/p/T2.nii.gz")]).output.contains("warning: \(contradicted)"))
        #expect(try CLI(["impute"] + arguments).status == 0)
        #expect(try warnings(work, "out")["p"]?.contains("contradicting-sidecar") == true)
        let sidecar = try work.json("out/p/p_FLAIR_imputed.json")["warnings"] as? [String] ?? []
        #expect(sidecar.contains { $0.hasPrefix("left-out-file: \(unused)") }, "\(sidecar)")
        #expect(sidecar.contains { $0.hasPrefix("contradicting-sidecar: \(contradicted)") }, "\(sidecar)")
        // Without the sidecar the result is another.
        try FileManager.default.removeItem(atPath: work.path("in/p/T2.json"))
        let plan = try CLI(["impute"] + arguments + ["--plan"])
        #expect(plan.output.contains("1 to impute"), "\(plan.output)")
    }

    @Test func equalAndResampledInputsAreNamed() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p")
        try Phantom.write(["T1"], to: folder)
        try FileManager.default.copyItem(
            at: folder.appending(path: "T1.nii.gz"), to: folder.appending(path: "T1Gd.nii.gz"))
        try Phantom.write(["T2"], to: folder, grid: Phantom.grid(origin: SIMD3(-23, -30, -10)))
        for command in ["preprocess", "impute"] {
            let run = try CLI([command, work.path("in"), "--out", work.path(command), "--model", work.model])
            #expect(run.status == 0, "\(run.errors)")
            let found = try #require(warnings(work, command)["p"])
            #expect(found.contains("identical-inputs") && found.contains("resampled-grid"), "\(found)")
            #expect(run.errors.contains("T1.nii.gz and T1Gd.nii.gz hold the same bytes"))
        }
    }

    /// A real patient as it is, and with the names of two contrasts exchanged.
    @Test(.enabled(if: Fixtures.sharedData("openms/patient07") != nil))
    func exchangedNamesAreFound() throws {
        let work = try Workplace()
        let source = try #require(Fixtures.sharedData("openms/patient07"))
        let files = ["T1": "T1", "T1Gd": "T1POST", "T2": "T2"]
        for (name, exchange) in [("right", ["T1": "T1"]), ("wrong", ["T1": "T2", "T2": "T1"])] {
            try FileManager.default.createDirectory(atPath: work.path("in/\(name)"), withIntermediateDirectories: true)
            for (contrast, file) in files {
                try FileManager.default.createSymbolicLink(
                    atPath: work.path("in/\(name)/\(exchange[contrast] ?? contrast).nii.gz"),
                    withDestinationPath: "\(source)/\(file).nii.gz")
            }
        }
        let run = try CLI(["preprocess", work.path("in"), "--out", work.path("out")])
        #expect(run.status == 0, "\(run.errors)")
        let found = try warnings(work, "out")
        #expect(found["right"] == [] && found["wrong"]?.contains("swapped-contrasts") == true, "\(found)")
        #expect(run.errors.contains("wrong: swapped-contrasts: T1 and T2 look exchanged"))
    }

    /// The model's regressions take its normalised intensities, not the metrics'.
    @Test func theSamplePatientsNamesAreInOrder() throws {
        let work = try Workplace()
        let samples = "\(Fixtures.path("../../SampleData/missing-flair"))"
        let run = try CLI(["preprocess", samples, "--out", work.path("out")])
        #expect(run.status == 0, "\(run.errors)")
        for (name, found) in try warnings(work, "out") {
            #expect(!found.contains("swapped-contrasts"), "\(name): \(found)")
        }
    }

    @Test func inputsThatChangeWhileTheyAreReadAreNoticed() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p")
        try Phantom.write(["T1", "T2"], to: folder)
        let contrasts = ["T1", "T2"]
        let patient = try #require(try PatientDiscovery(contrasts: contrasts).patients(in: folder.path).first)
        func hashes() throws -> InputHashes {
            try InputHashes(PatientInputs(patient, contrastNames: contrasts, usesMask: true, usesLesion: true))
        }
        let before = try hashes()
        try before.confirmUnchanged()
        try Phantom.write(["T2"], to: folder, seed: 5)
        let changed = #expect(throws: CollaGANError.self) { try before.confirmUnchanged() }
        #expect(changed?.message.contains("T2.nii.gz: was changed while the patient was worked on") == true)
        let again = try hashes()
        try FileManager.default.removeItem(at: folder.appending(path: "T1.nii.gz"))
        let removed = #expect(throws: CollaGANError.self) { try again.confirmUnchanged() }
        #expect(removed?.message.contains("T1.nii.gz: was removed") == true)
    }
}
