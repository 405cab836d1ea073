/// The metrics of method.md §6 for one imputed volume, by region.
///
/// Codes as flat JSON: `nmse psnr mae ssim ssim_per_slice`, with a brain mask also `nmse_brain psnr_brain mae_brain ssim_brain`, with a lesion
/// mask `…_lesion` and `…_outside_lesion`. What is infinite or undefined is `null`.
package struct Scores: Sendable, Equatable {
    /// All voxels; SSIM as method.md §6 defines it, the mean of `ssimPerSlice`.
    package var whole: RegionScores
    /// Inside the brain mask; SSIM is the mean of the SSIM map over its pixels. nil without a brain mask.
    package var brain: RegionScores?
    /// Inside the lesion mask, as for the brain; nil without a lesion mask.
    package var lesion: RegionScores?
    /// Outside the lesion mask (and inside the brain mask if one is given); nil without a lesion mask.
    package var outsideLesion: RegionScores?
    /// Mean SSIM of each axial slice that holds brain, from inferior to superior.
    package var ssimPerSlice: [Double]

    /// Takes the values as they are.
    package init(
        whole: RegionScores, brain: RegionScores? = nil, lesion: RegionScores? = nil,
        outsideLesion: RegionScores? = nil,
        ssimPerSlice: [Double]
    ) {
        (self.whole, self.brain, self.lesion) = (whole, brain, lesion)
        (self.outsideLesion, self.ssimPerSlice) = (outsideLesion, ssimPerSlice)
    }
}

extension Scores: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ metric: String, _ region: String = "") {
            stringValue = region.isEmpty ? metric : "\(metric)_\(region)"
        }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Encodes the flat form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        let regions = [("", whole), ("brain", brain), ("lesion", lesion), ("outside_lesion", outsideLesion)]
        for case (let region, let scores?) in regions {
            let values = [
                ("nmse", scores.nmse), ("psnr", scores.psnr), ("mae", scores.mae), ("ssim", scores.ssim ?? .nan),
            ]
            for (metric, value) in values {
                try container.encode(value.isFinite ? value : nil, forKey: Key(metric, region))
            }
        }
        try container.encode(ssimPerSlice, forKey: Key("ssim_per_slice"))
    }

    /// Decodes the flat form. `null` becomes NaN, or an infinite PSNR where the error is 0.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func region(_ name: String) throws -> RegionScores? {
            guard container.contains(Key("nmse", name)) else { return nil }
            func value(_ metric: String) throws -> Double? {
                try container.decodeIfPresent(Double.self, forKey: Key(metric, name))
            }
            let mae = try value("mae") ?? .nan
            return RegionScores(
                nmse: try value("nmse") ?? .nan, psnr: try value("psnr") ?? (mae == 0 ? .infinity : .nan), mae: mae,
                ssim: try value("ssim"))
        }
        guard let whole = try region("") else {
            throw DecodingError.keyNotFound(
                Key("nmse"), DecodingError.Context(codingPath: container.codingPath, debugDescription: "no nmse"))
        }
        self.init(
            whole: whole, brain: try region("brain"), lesion: try region("lesion"),
            outsideLesion: try region("outside_lesion"),
            ssimPerSlice: try container.decode([Double].self, forKey: Key("ssim_per_slice")))
    }
}
