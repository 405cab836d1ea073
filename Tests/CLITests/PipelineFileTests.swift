import Foundation
import Testing
import Volumes

struct PipelineFileTests {
    @Test func wholePipelineWithPathsRelativeToTheFile() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2", "FLAIR"], to: work.root.appending(path: "data/p1"))
        try FileManager.default.createDirectory(atPath: work.path("pipelines"), withIntermediateDirectories: true)
        let text = """
            input:
              patients: ../data
              layout: plain
              patterns: {T2: "T2.nii*"}
            preprocess:
              masks: false
            model:
              file: ../tiny.safetensors
            imputation:
              mode: evaluate
              targets: [FLAIR, T2]
              subsets: false
            outputs:
              folder: ../results
              preprocessed: true
            threads: 1
            """
        try Data(text.utf8).write(to: work.root.appending(path: "pipelines/p.yaml"))
        let run = try CLI(["run", work.path("pipelines/p.yaml"), "--json"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try run.json()["command"] as? String == "evaluate")
        for file in [
            "p1/p1_FLAIR_imputed.nii.gz", "p1/p1_T2_imputed.nii.gz", "report.html",
            "preprocessed/p1/p1_T1_preprocessed.nii.gz",
        ] {
            #expect(work.exists("results/\(file)"), "\(file)")
        }
        #expect(!work.exists("results/p1/p1_T1_imputed.nii.gz"))
        #expect(!work.exists("results/subsets.csv") && !work.exists("results/p1/subsets.html"))
        #expect(try CLI(["run", work.path("pipelines/p.yaml")]).status == 0)
        #expect(try work.statuses("results") == ["p1": "skipped"])
    }

    @Test(arguments: [
        ("input: {patients: x}\noutputs: {foldr: y}", "line 2: unknown key 'outputs.foldr'; did you mean 'folder'?"),
        ("input: {patients: x, layout: auot}\noutputs: {folder: y}", "must be one of auto, plain, brats, bids, nnunet"),
        ("input: {patients: x}\noutput: {folder: y}", "line 2: unknown key 'output'; did you mean 'outputs'?"),
        ("input: {patients: x}\noutputs: {folder: y}\nthreads: 0", "'threads' must lie between 1 and 1024"),
        (
            "input: {patients: x}\noutputs: {folder: y}\nimputation: {subsets: true}",
            "'imputation.subsets' needs 'mode: evaluate'"
        ),
        ("input: {patients: x}\noutputs: {folder: y}\nmemory: lots", "'memory: lots' is no size; give one such as 2G"),
        ("input: {patients: x}\noutputs: {folder: ''}", "'outputs.folder' is empty"), ("a: [", "is not valid YAML"),
    ])
    func strictness(_ yaml: String, _ says: String) throws {
        let work = try Workplace()
        try Data(yaml.utf8).write(to: work.root.appending(path: "p.yaml"))
        let run = try CLI(["run", work.path("p.yaml")])
        #expect(run.status == 2)
        #expect(run.errors.split(separator: "\n").count == 1 && run.errors.contains(says), "\(run.errors)")
        #expect(!work.exists("y"))
    }

    @Test func memoryOfTheFileHoldsUnlessTheCommandLineSaysMore() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p1"))
        try Data("input: {patients: in}\noutputs: {folder: out}\nmemory: 20M".utf8)
            .write(to: work.root.appending(path: "p.yaml"))
        let refused = try CLI(["run", work.path("p.yaml")])
        #expect(refused.status == 1 && refused.errors.contains("more than the 20.0 MB allowed"), "\(refused.errors)")
        #expect(try CLI(["run", work.path("p.yaml"), "--memory", "10G"]).status == 0)
    }

    @Test func preprocessWritesWhatTheNetworkSeesInItsPlace() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p1")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Stored head to foot, right to left, and at half the model's in-plane spacing.
        let affine = Affine(i: SIMD3(0, 0, -4), j: SIMD3(-0.6, 0, 0), k: SIMD3(0, 0.6, 0), origin: SIMD3(30, -20, 40))
        var volume = Volume(
            grid: Grid(size: SIMD3(5, 60, 64), affine: affine), voxels: [Float](repeating: 0, count: 5 * 60 * 64))
        for index in SIMD3Indices(low: SIMD3(0, 8, 8), high: SIMD3(5, 52, 56)) {
            volume[index.x, index.y, index.z] = 100 + Float(index.y)
        }
        try NIfTIFile.write(volume, to: folder.appending(path: "T1.nii.gz").path)
        let run = try CLI(["preprocess", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            work.files("out") == [
                "p1/p1_T1_preprocessed.json", "p1/p1_T1_preprocessed.nii.gz", "p1/p1_brainmask_preprocessed.json",
                "p1/p1_brainmask_preprocessed.nii.gz", "p1/preprocessing.json", "run.json",
            ])
        let seen = try NIfTIFile.read(work.path("out/p1/p1_T1_preprocessed.nii.gz"))
        #expect(seen.volume.grid.size == SIMD3(48, 64, 5))
        #expect(seen.volume.grid.orientationCode == "RAS")
        // The pattern depends on x alone: 100 + j with x = 30 − 0.6 j. So every voxel tells where it should be.
        let scale = try work.json("out/p1/p1_T1_preprocessed.json")["normalisation"] as? [String: Any]
        let percentile = try #require((scale?["percentiles"] as? [String: Double])?["T1"])
        let middle = SIMD3(24, 32, 2)
        for i in 18..<30 {
            let x = seen.volume.grid.affine.world(SIMD3(Double(i), Double(middle.y), Double(middle.z))).x
            let value = Double(seen.volume[i, middle.y, middle.z]) * percentile
            #expect(abs(value - (100 + (30 - x) / 0.6)) < 0.01)
        }
        #expect(try CLI(["preprocess", work.path("in"), "--out", work.path("out"), "--model", work.model]).status == 0)
        #expect(try work.statuses("out") == ["p1": "skipped"])
    }
}

/// All voxel indices of a box, upper ends excluded.
private struct SIMD3Indices: Sequence {
    let low: SIMD3<Int>
    let high: SIMD3<Int>

    func makeIterator() -> AnyIterator<SIMD3<Int>> {
        var next = low
        return AnyIterator {
            guard next.z < high.z else { return nil }
            defer {
                next.x += 1
                if next.x == high.x { (next.x, next.y) = (low.x, next.y + 1) }
                if next.y == high.y { (next.y, next.z) = (low.y, next.z + 1) }
            }
            return next
        }
    }
}
