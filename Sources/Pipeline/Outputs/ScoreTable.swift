import Metrics

extension Scores {
    /// The scores under the keys of `metrics`, without the list of slices; NaN is left out.
    var table: ScoreTable {
        var table: ScoreTable = [:]
        for case (let region, let scores?) in [("", whole), ("_brain", brain), ("_lesion", lesion)] {
            let values = [
                ("nmse", scores.nmse), ("psnr", scores.psnr), ("mae", scores.mae), ("ssim", scores.ssim ?? .nan),
            ]
            for (metric, value) in values where !value.isNaN { table[metric + region] = value }
        }
        return table
    }
}
