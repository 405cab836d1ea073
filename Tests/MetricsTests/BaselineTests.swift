import Metrics
import Testing

@Suite struct BaselineTests {
    @Test func zeroFillHasNMSEOne() throws {
        let truth = Golden.all[0].volumes.truth
        let scores = try Baselines.zeroFill(truth: truth)
        #expect(scores.nmse == 1)
        let mean = truth.voxels.reduce(0) { $0 + Double($1) } / Double(truth.voxels.count)
        #expect(abs(try #require(scores[.mae]) - mean) < 1e-12)
    }

    @Test func bestCopyIsNamed() throws {
        let (truth, near, far) = Golden.all[1].volumes
        let copies = try #require(
            try Baselines.nearestContrast(
                truth: truth, candidates: [("T1", far), ("T2", near), ("FLAIR", far)], range: 2.5))
        #expect(copies.best == "T2")
        #expect(copies.scores.map(\.contrast) == ["T1", "T2", "FLAIR"])
        #expect(copies.scores[0].scores == copies.scores[2].scores)
    }

    @Test func tiesAndNothingToCopy() throws {
        let (truth, near, _) = Golden.all[0].volumes
        #expect(try Baselines.nearestContrast(truth: truth, candidates: [("A", near), ("B", near)])?.best == "A")
        #expect(try Baselines.nearestContrast(truth: truth, candidates: []) == nil)
        let zeros = volume(truth.grid.size, [Float](repeating: 0, count: truth.voxels.count))
        // Against a truth of zeros a copy of zeros has no NMSE (0/0), any other an infinite one.
        #expect(try Baselines.nearestContrast(truth: zeros, candidates: [("A", zeros), ("B", near)])?.best == "B")
    }
}
