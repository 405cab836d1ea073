import Volumes

/// The challenges' numbers for one imputed volume with a lesion mask.
///
/// As JSON an object by key, `null` for what is undefined or infinite, with the `definitions` of the keys.
package struct ChallengeScores: Sendable, Equatable {
    private var values: [String: Double] = [:]

    /// Compares an imputed volume with the truth, intensities as they are in the files.
    ///
    /// - Parameters:
    ///   - truth: the true volume.
    ///   - imputed: the volume to judge, on the same grid.
    ///   - lesion: lesion mask (> 0 is lesion) on the same grid.
    /// - Throws: `MetricsError` if grids differ, for NaN or infinite voxels.
    package init(truth: Volume, imputed: Volume, lesion: Volume) throws(MetricsError) {
        let grid = truth.grid.reorientedToRAS()
        let images = ChallengeImages(
            truth: try ImageMetrics.checked(truth, .truth, grid),
            imputed: try ImageMetrics.checked(imputed, .imputed, grid),
            lesion: try ImageMetrics.checked(lesion, .lesion, grid).map { $0 > 0 }, size: grid.size)
        for (key, value) in images.braSyn().merging(images.inpainting(), uniquingKeysWith: { $1 }) where !value.isNaN {
            values[key] = value
        }
    }

    /// One score; nil where it is undefined. Of equal images `inpainting_psnr` and `inpainting_psnr_01` are infinite.
    package subscript(key: String) -> Double? { values[key] }
}

extension ChallengeScores: Codable {
    private static let definitions = Dictionary(
        uniqueKeysWithValues: ChallengeMetric.all.map { ($0.key, $0.definition) })

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: ScoreTable.Key.self)
        for metric in ChallengeMetric.all {
            try container.encode(
                self[metric.key].flatMap { $0.isFinite ? $0 : nil }, forKey: ScoreTable.Key(metric.key))
        }
        try container.encode(Self.definitions, forKey: ScoreTable.Key("definitions"))
    }

    /// JSON has no infinity: a PSNR that is `null` is infinite where its version with an ε is a number.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: ScoreTable.Key.self)
        for metric in ChallengeMetric.all {
            values[metric.key] = try container.decodeIfPresent(Double.self, forKey: ScoreTable.Key(metric.key))
        }
        for key in ["inpainting_psnr", "inpainting_psnr_01"] where values[key] == nil && values["\(key)_eps"] != nil {
            values[key] = .infinity
        }
    }
}
