/// The metrics of method.md §6 for one imputed volume, by region.
///
/// As JSON a `ScoreTable` with `ssim_per_slice`.
package struct Scores: Sendable, Equatable {
    /// The brain has scores if there is a brain mask, the lesion and what is outside it if there is a lesion mask.
    package private(set) var table = ScoreTable()
    /// Mean SSIM of each axial slice that holds brain, from inferior to superior; nil where only the table is kept.
    package private(set) var ssimPerSlice: [Double]?

    init(_ regions: [(region: Region, measures: RegionMeasures)], range: Double, ssimPerSlice: [Double]) {
        for (region, measures) in regions {
            for metric in Metric.all where metric.regions.contains(region) {
                let sums = measures[metric.version]
                table[metric, region] = sums.voxels > 0 ? metric.value(sums, range) : nil
            }
        }
        self.ssimPerSlice = ssimPerSlice
    }

    /// Scores without a list of slices.
    package init(_ table: ScoreTable) { self.table = table }

    /// One score; nil where it is undefined. The PSNR of equal images is infinite.
    package subscript(_ metric: Metric, _ region: Region = .whole) -> Double? { table[metric, region] }

    /// NMSE over all voxels, NaN where it is undefined.
    package var nmse: Double { self[.nmse] ?? .nan }

    /// The same without the list of slices.
    package var withoutSlices: Scores { Scores(table) }
}

extension Scores: Codable {
    private static let sliceKey = ScoreTable.Key("ssim_per_slice")

    package func encode(to encoder: any Encoder) throws {
        try table.encode(to: encoder)
        var container = encoder.container(keyedBy: ScoreTable.Key.self)
        try container.encodeIfPresent(ssimPerSlice, forKey: Self.sliceKey)
    }

    /// JSON has no infinity: where the error is 0, a PSNR that is `null` is infinite.
    package init(from decoder: any Decoder) throws {
        table = try ScoreTable(from: decoder)
        for (error, ratio) in [(Metric.mae, Metric.psnr), (.maeAfterGain, .psnrAfterGain)] {
            for region in Region.allCases where self[error, region] == 0 && self[ratio, region] == nil {
                table[ratio, region] = .infinity
            }
        }
        let container = try decoder.container(keyedBy: ScoreTable.Key.self)
        ssimPerSlice = try container.decodeIfPresent([Double].self, forKey: Self.sliceKey)
    }
}
