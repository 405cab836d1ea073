import Foundation
import Registration
import TestSupport
import Testing
import Volumes

/// `prepare` on DICOM files as a scanner's archive gives them.
struct PrepareDICOMTests {
    private typealias Series = DICOMStudy.Series

    private let work: Workplace

    init() throws { work = try Workplace() }

    private static func whole(_ volume: Volume) -> Volume {
        Volume(grid: volume.grid, voxels: volume.voxels.map { $0.rounded() })
    }

    private func series(_ number: Int, _ text: String, _ change: (inout Series) -> Void = { _ in }) -> Series {
        var series = Series(number, text)
        change(&series)
        return series
    }

    /// All that a study holds: four contrasts of a head that moved, and what is none of them.
    private func writeStudy() throws {
        let study = try DICOMStudy(work.path("in/p1/export"))
        let (t1, flair) = (Self.whole(PrepareTests.scans[0].volume), Self.whole(PrepareTests.scans[1].volume))
        let small = SyntheticVolumes.volume(SyntheticVolumes.grid([32, 32, 3], spacing: [8, 8, 10])) { i, _, _ in
            Float(i)
        }
        let t2 = Self.whole(HeadPhantom(seed: 4).volume(.t2, HeadPhantom.axial))
        try study.write(series(1, "LOC") { $0.type = "ORIGINAL\\PRIMARY\\LOCALIZER" }, small)
        try study.write(series(2, "AX T1"), t1)
        try study.write(series(3, "AX T2") { ($0.repetition, $0.echo) = (4000, 100) }, t2)
        try study.write(
            series(4, "SAG FLAIR") { ($0.repetition, $0.echo, $0.inversion, $0.sequence) = (9000, 120, 2500, "IR") },
            flair)
        try study.write(series(5, "DWI b1000") { ($0.sequence, $0.repetition, $0.echo) = ("EP", 5000, 80) }, t2)
        try study.write(
            series(8, "AX T1") { ($0.agent, $0.time) = ("GADOVIST", "103000") },
            Volume(grid: t1.grid, voxels: t1.voxels.map { min(4000, ($0 * 1.4).rounded()) }))
        try study.write(series(9, "ADC") { $0.type = "DERIVED\\PRIMARY\\ADC" }, t2)
    }

    @Test func theRightFourOfAStudyWithoutANameInAnyFile() throws {
        try writeStudy()
        try NIfTIFile.write(HeadPhantom.brain(HeadPhantom.axial), to: work.path("brain.nii.gz"))
        let arguments = [
            "prepare", work.path("in"), "--out", work.path("out"), "--reference", "T1", "--brain-command",
            "sh -c 'cp \"$0\" \"$1\"' '\(work.path("brain.nii.gz"))' {out} {in}",
        ]
        let plan = try CLI(arguments + ["--plan"])
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(plan.output.contains("p1: series 8 (40 files): T1Gd: "))
        #expect(plan.output.contains("p1: series 1 (3 files): left out: it is a localizer"))
        #expect(!work.exists("out"))

        let run = try CLI(arguments)
        #expect(run.status == 0, "\(run.errors)")
        let record = try work.json("out/p1/preparation.json")
        let series = try #require(record["series"] as? [[String: Any]])
        let taken = series.compactMap { one in (one["contrast"] as? String).map { ($0, one["number"] as? Int) } }
        #expect(Dictionary(uniqueKeysWithValues: taken) == ["T1": 2, "T2": 3, "FLAIR": 4, "T1Gd": 8])
        #expect(series.count == 7 && series.allSatisfy { ($0["reason"] as? String)?.isEmpty == false })
        let program = try #require((record["programs"] as? [[String: Any]])?.first)
        #expect(program["name"] as? String == "dcm2niix" && (program["version"] as? String)?.hasPrefix("v1.0.") == true)
        // What the scanner had stored comes back to the voxel.
        let t1 = try NIfTIFile.read(work.path("out/p1/p1_T1.nii.gz")).volume.reorientedToRAS()
        #expect(t1.voxels == Self.whole(PrepareTests.scans[0].volume).voxels)
        for contrast in ["T1Gd", "T2", "FLAIR"] {
            let found = (record["registration"] as? [String: [String: Any]])?[contrast]
            #expect(["good", "kept"].contains(found?["verdict"] as? String ?? ""), "\(contrast): \(found ?? [:])")
        }
        for file in work.files("out") where !file.hasSuffix(".gz") {
            let text = String(decoding: try work.data("out/\(file)"), as: UTF8.self)
            for secret in ["TEST^", "T001", "20200102", "1.2.826"] {
                #expect(!text.contains(secret), "\(file): \(secret)")
            }
        }
        for secret in ["TEST^", "T001", "20200102", "1.2.826"] {
            #expect(!(run.errors + run.output + plan.output).contains(secret), "\(secret)")
        }
        #expect(try CLI(arguments).errors.contains("p1: skipped"))
    }

    @Test func theUserDecidesOnASeries() throws {
        let study = try DICOMStudy(work.path("in/p1"))
        let volume = SyntheticVolumes.volume(SyntheticVolumes.grid([20, 16, 12], spacing: [4, 4, 5])) { i, j, k in
            Float(10 + i + j + k)
        }
        try study.write(Series(2, "AX T1"), volume)
        try study.write(
            series(7, "something") {
                $0.repetition = 0; $0.echo = 0
            }, volume)
        let arguments = ["prepare", work.path("in"), "--out", work.path("out"), "--plan", "--json"]
        func contrasts(_ more: [String]) throws -> [String] {
            let plan = try CLI(arguments + more)
            let data = try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any]
            return ((data?["patients"] as? [[String: Any]])?.first?["available"] as? [String]) ?? []
        }
        #expect(try contrasts([]) == ["T1"])
        #expect(try contrasts(["--pattern", "FLAIR=series:7"]) == ["T1", "FLAIR"])
    }

    @Test func whatCannotBeUsedIsOneLineEach() throws {
        let grid = SyntheticVolumes.grid([20, 16, 14], spacing: [4, 4, 5])
        let volume = SyntheticVolumes.volume(grid) { i, j, k in Float(10 + i + j + k) }
        func study(_ patient: String, _ number: Int) throws -> DICOMStudy {
            var study = try DICOMStudy(work.path("in/\(patient)"))
            (study.study, study.patient) = ("1.2.826.9.\(number)", "T00\(number)")
            return study
        }
        try study("half", 1).write(Series(3, "AX T1"), volume) { k, _ in !(6...7).contains(k) }
        try study("localizer", 2).write(series(1, "LOC") { $0.type = "ORIGINAL\\PRIMARY\\LOCALIZER" }, volume)
        try study("two", 3).write(Series(3, "AX T1"), volume)
        try study("two", 4).write(Series(4, "AX T2"), volume)
        try study("whole", 5).write(Series(3, "AX T1"), volume)
        try study("enhanced", 6).write(Series(3, "AX T1"), volume) { _, data in
            data.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.4.1")
            return true
        }
        var deflated = try study("deflated", 7)
        deflated.syntax = "1.2.840.10008.1.2.1.99"
        try deflated.write(Series(3, "AX T1"), volume)
        try study("torn", 8).write(Series(3, "AX T1"), volume).forEach { path in
            try Data(contentsOf: URL(filePath: path)).prefix(300).write(to: URL(filePath: path))
        }
        let run = try CLI(
            ["prepare", work.path("in"), "--out", work.path("out")],
            environment: ["COLLAGAN_DCM2NIIX": work.path("no-dcm2niix")])
        #expect(run.status == 1)
        let lines = run.errorLines
        #expect(lines.count == 7, "\(lines)")
        for (patient, text) in [
            ("half", "series 3: is not one volume: slices are missing"), ("localizer", "it is a localizer"),
            ("two", "holds DICOM files of 2 patients"), ("whole", "let COLLAGAN_DCM2NIIX name dcm2niix"),
            ("enhanced", "export it as classic MR images"), ("deflated", "deflated form"), ("torn", "IM"),
        ] {
            #expect(lines.contains { $0.contains("\(patient): ") && $0.contains(text) }, "\(patient): \(lines)")
        }
        #expect(!run.errors.contains("T003"))
        #expect(work.files("out") == ["run.json"])
    }

    /// Series in folders of their own are one patient; studies are several.
    @Test func foldersOfOneStudyAreOnePatient() throws {
        let volume = SyntheticVolumes.volume(SyntheticVolumes.grid([20, 16, 12], spacing: [4, 4, 5])) { i, _, _ in
            Float(i)
        }
        for (patient, number) in [("p1", 1), ("p2", 2)] {
            for (folder, one) in [
                ("a", Series(2, "AX T1")),
                (
                    "b",
                    series(3, "AX T2") {
                        $0.echo = 100; $0.repetition = 4000
                    }
                ),
            ] {
                var study = try DICOMStudy(work.path("in/\(patient)/\(folder)"))
                study.study = "1.2.826.9.\(number)"
                try study.write(one, volume)
            }
        }
        for (input, names) in [("in", ["p1", "p2"]), ("in/p1", ["p1"])] {
            let plan = try CLI(["prepare", work.path(input), "--out", work.path("out"), "--plan", "--json"])
            let data = try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any]
            let patients = try #require(data?["patients"] as? [[String: Any]])
            #expect(patients.map { $0["name"] as? String } == names)
            #expect(patients.allSatisfy { $0["available"] as? [String] == ["T1", "T2"] })
        }
    }
}
