import Metrics

/// Scores under the keys of `metrics`: `nmse psnr mae ssim`, alone and with a region's suffix.
///
/// As JSON an object in which what is undefined or infinite is `null`, as in `Scores`.
package struct ScoreTable: Sendable, Equatable {
    /// The metrics in their order.
    static let metrics = ["nmse", "psnr", "mae", "ssim"]
    /// What stands behind a metric's name for each region of method.md §6: whole volume, brain, lesion, outside the lesion.
    static let regions = ["", "_brain", "_lesion", "_outside_lesion"]
    /// Every metric of every region, region by region.
    static let keys = regions.flatMap { region in metrics.map { $0 + region } }

    /// nil for what is undefined.
    private(set) var values: [String: Double?] = [:]

    /// The scores of one image, without the list of slices.
    init(_ scores: Scores) {
        let found = [scores.whole, scores.brain, scores.lesion, scores.outsideLesion]
        for case (let region, let scores?) in zip(Self.regions, found) {
            for (metric, value) in zip(Self.metrics, [scores.nmse, scores.psnr, scores.mae, scores.ssim ?? .nan]) {
                values[metric + region] = .some(value.isNaN ? nil : value)
            }
        }
    }

    /// Whether less is better.
    static func isError(_ key: String) -> Bool { key.hasPrefix("nmse") || key.hasPrefix("mae") }

    /// One score, e.g. `nmse_brain`; nil where it is undefined. The PSNR of equal images is infinite.
    package subscript(_ key: String) -> Double? { values[key] ?? nil }
}

extension ScoreTable: Codable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values.mapValues { value in value.flatMap { $0.isFinite ? $0 : nil } })
    }

    package init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: Double?].self)
        for region in Self.regions where self["mae" + region] == 0 && self["psnr" + region] == nil {
            values["psnr" + region] = .infinity
        }
    }
}

extension Scores {
    /// The scores under the keys of `metrics`, without the list of slices.
    var table: ScoreTable { ScoreTable(self) }
}
