import Volumes

/// What needs no network; an imputation that does not beat these is not worth having (method.md §6).
///
/// The third baseline, `QuadraticRegression`, gives an image that is scored like any other.
package enum Baselines {
    /// Copies of the available contrasts, each judged as if it were the missing one.
    package struct ContrastCopies: Sendable {
        /// Name of the contrast whose copy has the smallest NMSE.
        package let best: String
        /// Scores of every copy, in the order of the candidates.
        package let scores: [(contrast: String, scores: Scores)]
    }

    /// Scores of a volume of zeros: NMSE is 1.
    ///
    /// - Throws: as `ImageMetrics.score`.
    package static func zeroFill(
        truth: Volume, brain: Volume? = nil, lesion: Volume? = nil, range: Double = 1
    ) throws(MetricsError) -> Scores {
        let zeros = Volume(grid: truth.grid, voxels: [Float](repeating: 0, count: truth.voxels.count))
        return try ImageMetrics.score(truth: truth, imputed: zeros, brain: brain, lesion: lesion, range: range)
    }

    /// Scores of every available contrast taken for the missing one.
    ///
    /// - Parameter candidates: available contrasts, normalised like the truth and on its grid.
    /// - Returns: nil without candidates. With equal NMSE the first one is best; an NMSE that is not a number is never
    ///   best unless all are.
    /// - Throws: as `ImageMetrics.score`.
    package static func nearestContrast(
        truth: Volume, candidates: [(contrast: String, volume: Volume)], brain: Volume? = nil, lesion: Volume? = nil,
        range: Double = 1
    ) throws(MetricsError) -> ContrastCopies? {
        var scores: [(contrast: String, scores: Scores)] = []
        var best: (contrast: String, nmse: Double)?
        for (contrast, volume) in candidates {
            let copy = try ImageMetrics.score(truth: truth, imputed: volume, brain: brain, lesion: lesion, range: range)
            scores.append((contrast, copy))
            let nmse = copy.nmse
            guard let leader = best, !(nmse < leader.nmse || leader.nmse.isNaN && !nmse.isNaN) else {
                best = (contrast, nmse)
                continue
            }
        }
        return best.map { ContrastCopies(best: $0.contrast, scores: scores) }
    }
}
