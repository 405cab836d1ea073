import ElementaryFunctions

/// What is measured of an image against the truth (method.md §6). Files, tables, pages and training draw from the table
/// `all`, so that a new metric is one entry of it.
package struct Metric: Sendable {
    /// In how many places a metric is shown; every metric is in the files and in the full tables.
    package enum Prominence: Int, Sendable {
        case tables
        /// Also in short tables and in the scores of a training's validation patients.
        case summaries
        /// Also in charts, heat maps, the self-check and the table of all patients.
        case charts
    }

    /// Which way a value is better.
    package enum Direction: Sendable {
        case less, more
        /// Values are not ranked.
        case neither
    }

    /// Which image a metric judges.
    enum Version: Sendable {
        /// The imputed image.
        case asIs
        /// The imputed image times the best gain, so that a wrong scale does not count.
        case afterGain
    }

    /// In files, e.g. "nmse".
    package let key: String
    /// For people, e.g. "NMSE".
    package let title: String
    /// E.g. "dB"; nil for what has none.
    package let unit: String?
    /// How many decimals people are shown.
    package let decimals: Int
    package let better: Direction
    package let regions: [Region]
    package let prominence: Prominence
    let version: Version
    /// From the sums over a region that holds a voxel and the dynamic range R; nil or NaN where it is undefined.
    let value: @Sendable (_ sums: RegionSums, _ range: Double) -> Double?

    init(
        _ key: String, title: String, unit: String? = nil, decimals: Int, better: Direction,
        regions: [Region] = Region.allCases, prominence: Prominence, version: Version = .asIs,
        value: @escaping @Sendable (_ sums: RegionSums, _ range: Double) -> Double?
    ) {
        self.key = key
        self.title = title
        self.unit = unit
        self.decimals = decimals
        self.better = better
        self.regions = regions
        self.prominence = prominence
        self.version = version
        self.value = value
    }

    /// The same of the image after the best gain, e.g. "nmse_gain".
    private func afterGain(prominence: Prominence) -> Metric {
        Metric(
            "\(key)_gain", title: "\(title) after gain", unit: unit, decimals: decimals, better: better,
            regions: regions, prominence: prominence, version: .afterGain, value: value)
    }

    package var lessIsBetter: Bool { better == .less }

    /// The key of its score in a region, e.g. "nmse_brain".
    package func key(in region: Region) -> String { key + region.suffix }
}

extension Metric {
    /// Σ(x−x̂)² ÷ Σx²; 0 is perfect, 1 is what an image of zeros gets. Undefined if both images are 0 in the region,
    /// infinite if only the truth is. What images are ranked by.
    package static let nmse = Metric("nmse", title: "NMSE", decimals: 4, better: .less, prominence: .charts) {
        sums, _ in sums.nmse
    }
    /// 10·log₁₀(R² ÷ MSE) in dB; infinite if the images are equal in the region.
    package static let psnr = Metric(
        "psnr", title: "PSNR", unit: "dB", decimals: 1, better: .more, prominence: .summaries
    ) { sums, range in
        10 * Elementary.log10(range * range / (sums.squaredError / Double(sums.voxels)))
    }
    /// Mean |x−x̂|.
    package static let mae = Metric("mae", title: "MAE", decimals: 4, better: .less, prominence: .tables) {
        sums, _ in sums.absoluteError / Double(sums.voxels)
    }
    /// Structural similarity, at most 1: mean over the slices that hold brain, in a region mean of the SSIM map over
    /// its pixels. Undefined where no slice holds brain, slices are below 11×11, or a region does not reach the
    /// interior of any.
    package static let ssim = Metric("ssim", title: "SSIM", decimals: 3, better: .more, prominence: .charts) {
        sums, _ in sums.similarityPixels > 0 ? sums.similarity / Double(sums.similarityPixels) : nil
    }

    package static let nmseAfterGain = nmse.afterGain(prominence: .summaries)
    package static let psnrAfterGain = psnr.afterGain(prominence: .tables)
    package static let maeAfterGain = mae.afterGain(prominence: .tables)
    package static let ssimAfterGain = ssim.afterGain(prominence: .summaries)

    /// The best gain itself, ⟨x̂,x⟩ ÷ ⟨x̂,x̂⟩ over the brain, without a mask over all voxels; 0 for an image of zeros.
    package static let gain = Metric(
        "gain", title: "Gain", decimals: 3, better: .neither, regions: [.whole], prominence: .tables,
        version: .afterGain
    ) { sums, _ in sums.gain }

    /// Energy above half Nyquist of the image after the best gain ÷ that of the truth, summed over the axial slices that
    /// hold brain: below 1 is blurred, above 1 noisy or too sharp. Undefined where neither has any.
    package static let sharpness = Metric(
        "sharpness", title: "Sharpness", decimals: 3, better: .neither, regions: [.whole], prominence: .tables,
        version: .afterGain
    ) { sums, _ in sums.fineImputed / sums.fineTruth }
    /// Gradient magnitude similarity deviation of the image after the best gain, mean over the slices that hold brain; 0
    /// is perfect. Undefined where no slice does.
    package static let gmsd = Metric(
        "gmsd", title: "GMSD", decimals: 4, better: .less, regions: [.whole], prominence: .tables,
        version: .afterGain
    ) { sums, _ in sums.gradientSlices > 0 ? sums.gradientDeviation / Double(sums.gradientSlices) : nil }

    /// Every metric, in the order of the files' columns.
    package static let all = [
        nmse, psnr, mae, ssim, nmseAfterGain, psnrAfterGain, maeAfterGain, ssimAfterGain, gain, sharpness,
        gmsd,
    ]

    /// Those that are shown in such places, the most prominent first.
    package static func shown(in place: Prominence) -> [Metric] {
        all.enumerated().filter { $0.element.prominence.rawValue >= place.rawValue }.sorted {
            let (first, second) = ($0.element.prominence.rawValue, $1.element.prominence.rawValue)
            return first == second ? $0.offset < $1.offset : first > second
        }.map(\.element)
    }
}
