/// What the network sees of one patient: aligned, normalised axial slices of every contrast the patient has.
///
/// Images are stored slice by slice from inferior to superior, each slice row by row from posterior to anterior,
/// each row from the patient's left to right: pixel (s, y, x) is `image[(s * height + y) * width + x]`.
/// Height and width are multiples of 16. Background is exactly 0.
package struct SliceStack: Sendable {
    /// Contrast names in the model's order.
    package let contrasts: [String]
    /// Number of axial slices.
    package let slices: Int
    /// Rows of a slice.
    package let height: Int
    /// Columns of a slice.
    package let width: Int
    /// One image of `slices * height * width` normalised intensities per contrast; nil where the patient lacks it.
    package var images: [[Float]?]
    /// True inside the brain, same layout as an image.
    package var brain: [Bool]
    /// True where a contrast has no data inside the brain, same layout as an image; nil where it covers the brain.
    package var holes: [[Bool]?]
    /// By what each contrast was divided (method.md §5: voxel value ÷ scale = normalised); nil where missing.
    package var scales: [Float?]
    /// 99.5th percentile of each contrast over the brain, the unit of the metrics (method.md §6); nil where missing.
    package var percentiles: [Float?]

    /// Metrics' unit of a contrast: normalised intensity × unit = voxel value ÷ 99.5th percentile.
    package func metricUnit(_ contrast: Int) -> Float {
        guard let scale = scales[contrast], let percentile = percentiles[contrast] else { return 1 }
        return scale / percentile
    }

    /// The part of the brain in which all of some contrasts have data.
    package func covered(_ contrasts: [Int]) -> [Bool] {
        contrasts.compactMap { holes[$0] }.reduce(brain) { covered, hole in zip(covered, hole).map { $0 && !$1 } }
    }

    /// Takes the parts as they are.
    package init(
        contrasts: [String], slices: Int, height: Int, width: Int, images: [[Float]?], brain: [Bool], scales: [Float?],
        percentiles: [Float?]? = nil, holes: [[Bool]?]? = nil
    ) {
        self.contrasts = contrasts
        (self.slices, self.height, self.width) = (slices, height, width)
        (self.images, self.brain, self.scales) = (images, brain, scales)
        self.percentiles = percentiles ?? scales
        self.holes = holes ?? contrasts.map { _ in nil }
    }
}
