import Foundation
import Registration
import TestSupport
import Testing
import Volumes

/// `prepare` on NIfTI files of a head that moved between its contrasts.
struct PrepareTests {
    static let motion = RigidMotion(radians: [0.05, -0.08, 0.1], shift: [9, -6, 4], about: [0, 0, 0])
    private static let head = HeadPhantom(seed: 4)
    /// As a scanner gave them: every contrast on a grid of its own, the skull on.
    static let scans: [(contrast: String, volume: Volume)] = [
        ("T1", head.volume(.t1, HeadPhantom.axial)),
        ("FLAIR", head.volume(.flair, HeadPhantom.sagittal, moved: motion)),
    ]

    private let work: Workplace

    init() throws { work = try Workplace() }

    private func write(_ patient: String, mask: Volume? = nil) throws {
        let folder = work.path("in/\(patient)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (contrast, volume) in Self.scans { try NIfTIFile.write(volume, to: "\(folder)/\(contrast).nii.gz") }
        if let mask { try NIfTIFile.write(mask, to: "\(folder)/brainmask.nii.gz") }
    }

    private func prepare(
        _ input: String = "in", to out: String, _ more: String..., environment: [String: String] = [:]
    ) throws -> CLI {
        try CLI(["prepare", work.path(input), "--out", work.path(out)] + more, environment: environment)
    }

    /// The largest error of a transform in mm, 80 mm around the head's centre.
    private func error(_ file: String, to truth: RigidMotion) throws -> Double {
        let rows = try #require(try work.json(file)["matrix"] as? [[Double]])
        return [SIMD3(80.0, 0, 0), [0, 80, 0], [0, 0, 80], [-80, 0, 0], [0, -80, 0]].map { place in
            let moved = SIMD3<Double>(
                (0..<3).map { rows[$0][0] * place.x + rows[$0][1] * place.y + rows[$0][2] * place.z + rows[$0][3] })
            let way = moved - truth.moved(place)
            return (way * way).sum().squareRoot()
        }.max()!
    }

    @Test func aHeadThatMovedComesOntoOneGrid() throws {
        // The mask is drawn on FLAIR, so it has to come along with it.
        try write("p1", mask: HeadPhantom.brain(HeadPhantom.sagittal, moved: Self.motion))
        let run = try prepare(to: "out", "--reference", "t1")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("p1: done, on T1; FLAIR "))
        #expect(
            work.files("out/p1") == [
                "p1_FLAIR.nii.gz", "p1_T1.nii.gz", "p1_brainmask.nii.gz", "preparation.json", "report.html",
                "transforms/FLAIR_to_T1.json", "transforms/FLAIR_to_T1.tfm",
            ])
        #expect(work.files("out").allSatisfy { !$0.contains(".partial") })
        #expect(try error("out/p1/transforms/FLAIR_to_T1.json", to: Self.motion) < 1)
        let volumes = try ["T1", "FLAIR", "brainmask"].map {
            try NIfTIFile.read(work.path("out/p1/p1_\($0).nii.gz"))
        }
        for volume in volumes {
            #expect(volume.volume.grid.isClose(to: HeadPhantom.axial))
            #expect(volume.header.datatype == .float32)
        }
        #expect(volumes[0].volume.voxels == Self.scans[0].volume.voxels)
        let truth = HeadPhantom.brain(HeadPhantom.axial).voxels
        let both = zip(volumes[2].volume.voxels, truth).count { $0 > 0 && $1 > 0 }
        let sizes = volumes[2].volume.voxels.count { $0 > 0 } + truth.count { $0 > 0 }
        #expect(Double(2 * both) / Double(sizes) > 0.95)

        let record = try work.json("out/p1/preparation.json")
        #expect(record["reference"] as? String == "T1")
        let found = try #require((record["registration"] as? [String: [String: Any]])?["FLAIR"])
        #expect(found["verdict"] as? String == "good")
        #expect((record["brainMask"] as? [String: Any])?["source"] as? String == "file")

        let again = try prepare(to: "out", "--reference", "t1")
        #expect(again.status == 0)
        #expect(try work.statuses("out") == ["p1": "skipped"])

        let single = try prepare(to: "one", "--reference", "T1", "--threads", "1")
        #expect(single.status == 0)
        #expect(work.files("one/p1") == work.files("out/p1"))
        for file in work.files("out/p1") {
            #expect(try work.data("one/p1/\(file)") == work.data("out/p1/\(file)"), "\(file)")
        }

        let twice = try prepare("out", to: "twice")
        #expect(twice.status == 0)
        #expect(twice.errors.contains("FLAIR kept"))
        for name in ["T1", "FLAIR", "brainmask"] {
            let file = "p1/p1_\(name).nii.gz"
            #expect(try work.data("twice/\(file)") == work.data("out/\(file)"), "\(name)")
        }
        let reference = try work.json("twice/p1/preparation.json")["reference"] as? String ?? ""
        let other = reference == "T1" ? "FLAIR" : "T1"
        #expect(try error("twice/p1/transforms/\(other)_to_\(reference).json", to: .identity) == 0)
        #expect(
            try (work.json("twice/p1/preparation.json")["notes"] as? [String])?.contains {
                $0.contains("none was moved")
            }
                == true)
    }

    @Test func aLesionMaskComesAlong() throws {
        // Labels 1 and 4 in the white matter, drawn on FLAIR.
        try write("p1", mask: HeadPhantom.brain(HeadPhantom.axial))
        func lesion(_ grid: Grid, moved motion: RigidMotion) -> Volume {
            let back = motion.inverse
            return SyntheticVolumes.field(grid) { place in
                let way = back.moved(place) - SIMD3(-20, 10, 15)
                let radius = (way * way).sum().squareRoot()
                return radius < 8 ? 4 : radius < 15 ? 1 : 0
            }
        }
        try NIfTIFile.write(
            lesion(HeadPhantom.sagittal, moved: Self.motion), to: work.path("in/p1/seg.nii.gz"))
        let run = try prepare(to: "out", "--reference", "T1")
        #expect(run.status == 0, "\(run.errors)")
        let found = try NIfTIFile.read(work.path("out/p1/p1_lesion.nii.gz")).volume
        #expect(found.grid.isClose(to: HeadPhantom.axial) && Set(found.voxels) == [0, 1, 4])
        let truth = lesion(HeadPhantom.axial, moved: .identity).voxels
        let both = zip(found.voxels, truth).count { $0 > 0 && $1 > 0 }
        #expect(Double(2 * both) / Double(found.voxels.count { $0 > 0 } + truth.count { $0 > 0 }) > 0.85)
        let inputs = try work.json("out/p1/preparation.json")["inputs"] as? [[String: Any]]
        #expect(inputs?.last?["role"] as? String == "lesion")
        // Without moving anything, the labels are those that were drawn.
        let twice = try prepare("out", to: "twice")
        #expect(twice.status == 0, "\(twice.errors)")
        #expect(try work.data("twice/p1/p1_lesion.nii.gz") == work.data("out/p1/p1_lesion.nii.gz"))

        // Of two none.
        try NIfTIFile.write(
            lesion(HeadPhantom.sagittal, moved: Self.motion), to: work.path("in/p1/lesion.nii.gz"))
        let doubled = try prepare(to: "doubled", "--reference", "T1")
        #expect(doubled.status == 0 && doubled.errors.contains("left-out-file"), "\(doubled.errors)")
        #expect(!work.exists("doubled/p1/p1_lesion.nii.gz"))
    }

    @Test func withoutAMaskAProgramFindsTheBrain() throws {
        try write("p1")
        let refused = try prepare(
            to: "out", "--reference", "T1", environment: ["COLLAGAN_BRAIN_MODEL": work.path("none")])
        #expect(refused.status == 1)
        #expect(refused.errorLines.count == 1)
        #expect(refused.errors.contains("--brain-command 'mri_synthstrip -i {in} -m {out}'; "))
        #expect(refused.errors.contains("COLLAGAN_BRAIN_MODEL names it"))
        #expect(work.files("out") == ["run.json"])

        try NIfTIFile.write(HeadPhantom.brain(HeadPhantom.axial), to: work.path("brain.nii.gz"))
        func program(_ script: String) throws -> String {
            let path = work.path("program")
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
            chmod(path, 0o755)
            return path
        }
        let fails = try prepare(
            to: "out", "--reference", "T1", "--brain-command", "\(program("echo no licence >&2; exit 3")) {in} {out}")
        #expect(fails.status == 1)
        #expect(fails.errorLines.count == 1)
        #expect(fails.errors.contains("the brain command (program) failed with status 3: 'no licence'"))

        let works = try prepare(
            to: "out", "--reference", "T1", "--brain-command",
            "\(program("test -s \"$2\" && cp \"$3\" \"$5\"")) -i {in} '\(work.path("brain.nii.gz"))' -o {out}")
        #expect(works.status == 0, "\(works.errors)")
        let record = try work.json("out/p1/preparation.json")
        #expect((record["brainMask"] as? [String: Any])?["source"] as? String == "command")
        #expect((record["programs"] as? [[String: Any]])?.first?["name"] as? String == "program")
    }

    @Test func imputePreparesFirst() throws {
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p1"))
        try FileManager.default.createDirectory(atPath: work.path("in/p2"), withIntermediateDirectories: true)
        try Data("no image".utf8).write(to: URL(filePath: work.path("in/p2/T1.nii.gz")))
        let arguments = ["impute", work.path("in"), "--out", work.path("out"), "--model", work.model]
        let run = try CLI(arguments + ["--prepare"])
        #expect(run.status == 1, "one patient could not be prepared: \(run.errors)")
        #expect(run.errorLines.count == 1)
        #expect(work.exists("out/prepared/p1/preparation.json"))
        #expect(work.exists("out/p1/p1_FLAIR_imputed.nii.gz"))
        #expect(
            try CLI(["impute", work.path("out/prepared"), "--out", work.path("apart"), "--model", work.model]).status
                == 0)
        #expect(try work.data("apart/p1/p1_FLAIR_imputed.nii.gz") == work.data("out/p1/p1_FLAIR_imputed.nii.gz"))
        let again = try CLI(arguments + ["--prepare"])
        #expect(again.status == 1)
        #expect(try work.statuses("out") == ["p1": "skipped"])
        #expect(try CLI(arguments + ["--reference", "T1"]).status == 64)
        #expect(try CLI(arguments + ["--prepare", "--part", "1/2"]).status == 2)
    }

    @Test(arguments: [
        ("--brain-command", "no-such-program {in} {out}", "there is no program no-such-program"),
        ("--brain-command", "sh {in}", "say with {out}"), ("--brain-command", "sh '{in} {out}", "a quote is open"),
        ("--reference", "T9", "there is no contrast T9"), ("--pattern", "T1Gd=series:x", "give the series' number"),
        ("--pattern", "T9=series:3", "there is no contrast T9"),
    ])
    func whatCannotBeMeantIsRefusedAtOnce(_ option: String, _ value: String, _ text: String) throws {
        try Phantom.write(["T1"], to: work.root.appending(path: "in/p1"))
        let run = try prepare(to: "out", option, value)
        #expect(run.status == 2)
        #expect(run.errorLines.count == 1)
        #expect(run.errors.contains(text), "\(run.errors)")
        #expect(!work.exists("out"))
    }

    @Test func otherHeadsAreLost() throws {
        let folder = work.path("in/p1")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try NIfTIFile.write(Self.scans[0].volume, to: "\(folder)/T1.nii.gz")
        let other = HeadPhantom(seed: 11).volume(.flair, HeadPhantom.sagittal)
        try NIfTIFile.write(other, to: "\(folder)/FLAIR.nii.gz")
        let run = try prepare(to: "out", "--reference", "T1")
        if run.status == 0 {
            // Two ellipsoids of one size: never good.
            let found = try work.json("out/p1/preparation.json")["registration"] as? [String: [String: Any]]
            #expect(found?["FLAIR"]?["verdict"] as? String == "doubtful")
        } else {
            #expect(run.errorLines.count == 1)
            #expect(work.files("out") == ["run.json"])
        }
    }

    @Test func partsAreCollected() throws {
        for number in 1...3 {
            try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p\(number)"), seed: number)
        }
        for part in ["1/2", "2/2"] { #expect(try prepare(to: "out", "--part", part).status == 0) }
        let collected = try CLI(["collect", work.path("out")])
        #expect(collected.status == 0, "\(collected.errors)")
        #expect(try work.statuses("out") == ["p1": "done", "p2": "done", "p3": "done"])
        #expect(try prepare(to: "whole").status == 0)
        for file in work.files("whole") where file != "run.json" {
            #expect(try work.data("out/\(file)") == work.data("whole/\(file)"), "\(file)")
        }
    }
}
