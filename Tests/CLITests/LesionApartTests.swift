import Foundation
import Testing
import Volumes

/// A lesion mask that marks nothing of the brain is no mask of this patient's lesions.
struct LesionApartTests {
    private func box(at corner: (Int, Int, Int), origin: SIMD3<Double> = SIMD3(-24, -30, -10)) -> Volume {
        let grid = Phantom.grid(origin: origin)
        var volume = Volume(grid: grid, voxels: [Float](repeating: 0, count: grid.count))
        for i in 0..<3 { for j in 0..<3 { volume[corner.0 + i, corner.1 + j, corner.2] = 1 } }
        return volume
    }

    private func evaluate(_ lesions: [String: Volume?]) throws -> (run: CLI, work: Workplace) {
        let work = try Workplace()
        for (name, lesion) in lesions {
            let folder = work.root.appending(path: "in/\(name)")
            try Phantom.write(["T1", "T2", "FLAIR"], to: folder)
            if let lesion { try NIfTIFile.write(lesion, to: folder.appending(path: "seg.nii.gz").path) }
        }
        let arguments = ["evaluate", work.path("in"), "--out", work.path("out"), "--model", work.model, "--no-subsets"]
        return (try CLI(arguments), work)
    }

    @Test func aMaskThatMarksNothingOfTheBrainIsToldOnce() throws {
        var none = box(at: (18, 20, 2))
        none.voxels = none.voxels.map { _ in 0 }
        let (run, work) = try evaluate([
            "corner": box(at: (0, 0, 0)), "far": box(at: (18, 20, 2), origin: SIMD3(300, 300, 300)),
            "inside": box(at: (18, 20, 2)), "edge": box(at: (4, 14, 2)), "zeros": none, "without": nil,
        ])
        #expect(run.status == 0, "\(run.errors)")
        let lines = run.errors.split(separator: "\n").filter { $0.contains("lesion-apart") }.sorted()
        #expect(lines.count == 2, "\(run.errors)")
        let start = "lesion-apart: seg.nii.gz: none of its 9 voxels of lesion lies"
        #expect(lines.first?.hasPrefix("warning: corner: \(start) in the brain of T1, ") == true, "\(lines)")
        #expect(lines.last?.hasPrefix("warning: far: \(start) on the grid of T1, ") == true, "\(lines)")
        #expect(lines.allSatisfy { $0.contains("give this patient's mask") })
        #expect(run.output.contains("warning lesion-apart: 2 patients: corner, far"), "\(run.output)")
        let warned = try work.json("out/run.json")["warned"] as? [String: [String]]
        #expect(warned?["lesion-apart"] == ["corner", "far"])
        for file in ["metrics.json", "far_T1_imputed.json", "far_FLAIR_imputed.json"] {
            let warnings = try work.json("out/far/\(file)")["warnings"] as? [String] ?? []
            #expect(warnings.count { $0.hasPrefix("lesion-apart: ") } == 1, "\(file) \(warnings)")
        }
        #expect(String(decoding: try work.data("out/far/report.html"), as: UTF8.self).contains("on the grid of T1"))
    }
}
