import Volumes

/// A patient ready for the network, and the way back to the patient's own grid.
package struct PreparedPatient: Sendable {
    /// All present contrasts, normalised, resampled in plane and cropped.
    package let stack: SliceStack
    /// The grid of the first present contrast; volumes come back on it.
    package let referenceGrid: Grid
    /// What was done beyond the usual (resampling of a contrast, tissue left outside the window …), one line each.
    package let notes: [String]
    /// The part of each resampled slice that the network sees.
    package let crop: CropWindow
    /// Pixel spacing in mm, left–right and posterior–anterior, of the slices in `stack`.
    package let spacing: SIMD2<Double>
    /// Of columns, rows and slices of `stack`, in mm.
    package var sliceSpacing: SIMD3<Double> { SIMD3(spacing.x, spacing.y, gridRAS.spacing.z) }
    /// True if a brain mask was given, false if the brain is where any contrast is > 0.
    package let hasBrainMask: Bool
    /// How intensities were normalised.
    let normalisation: Normalisation

    /// Contrasts on the reference grid, RAS order, as they were read; nil where missing.
    let sources: [Volume?]
    /// True where a contrast has no data inside the brain, like `sources`; nil where it covers the brain.
    let holesRAS: [[Bool]?]
    /// True inside the brain, on the reference grid, RAS order.
    let brainRAS: [Bool]
    let gridRAS: Grid
    let backward: InPlaneResampling

    /// By what each contrast was divided, nil where it is missing: voxel value ÷ scale = normalised.
    package var scales: [Float?] { stack.scales }
    /// 99.5th percentile of each contrast over the brain, nil where it is missing.
    package var percentiles: [Float?] { stack.percentiles }

    /// The brain, 1 inside and 0 outside, on the reference grid: the mask if one was given, else where any contrast is > 0.
    package var brain: Volume {
        Volume(grid: gridRAS, voxels: brainRAS.map { $0 ? 1 : 0 }).reoriented(to: referenceGrid)
    }

    /// The part of the brain in which a contrast has data, like `brain`.
    package func brain(coveredBy contrast: Int) -> Volume {
        guard let hole = holesRAS[contrast] else { return brain }
        let voxels = zip(brainRAS, hole).map { $0 && !$1 ? Float(1) : 0 }
        return Volume(grid: gridRAS, voxels: voxels).reoriented(to: referenceGrid)
    }

    /// A contrast normalised as method.md §5 says, on the reference grid, neither resampled in plane nor cropped.
    ///
    /// - Parameter contrast: index into the settings' contrasts.
    /// - Returns: nil if the patient lacks the contrast.
    package func normalised(_ contrast: Int) -> Volume? {
        normalised(contrast, normalisation, scale: scales[contrast])
    }

    /// A contrast as the metrics take it (method.md §6), like `normalised`.
    package func inMetricUnits(_ contrast: Int) -> Volume? {
        normalised(contrast, .metrics, scale: percentiles[contrast])
    }

    private func normalised(_ contrast: Int, _ normalisation: Normalisation, scale: Float?) -> Volume? {
        guard let source = sources[contrast], let scale else { return nil }
        let voxels = normalisation.normalised(source.voxels, scale: scale, brain: brainRAS)
        return Volume(grid: gridRAS, voxels: voxels).reoriented(to: referenceGrid)
    }

    /// The volume on the reference grid that an image in the layout of `stack` stands for.
    ///
    /// Uncropped, resampled in plane to the patient's spacing (bilinear over brain pixels only), multiplied by `scale`, at least 0,
    /// and exactly 0 outside the brain. Brain that the window does not reach is 0 too. Where the slices already have the network's
    /// spacing this undoes `prepare` exactly inside the window.
    ///
    /// - Parameters:
    ///   - image: `stack.slices * stack.height * stack.width` normalised intensities.
    ///   - scale: voxel value of normalised intensity 1.
    package func volume(fromImage image: [Float], scale: Float) -> Volume {
        precondition(image.count == stack.brain.count, "the image does not have the stack's size")
        let inside = zip(image, stack.brain).map { $1 ? $0 : 0 }
        let (width, height) = (backward.x.inputSize, backward.y.inputSize)
        let sums = backward.weightedSum(crop.paste(inside, imageWidth: width, imageHeight: height, outside: 0))
        let coverage = backward.coverage(
            crop.paste(stack.brain, imageWidth: width, imageHeight: height, outside: false))
        var voxels = [Float](repeating: 0, count: gridRAS.count)
        for index in voxels.indices where brainRAS[index] && coverage[index] > 0 {
            voxels[index] = max(sums[index] / coverage[index] * scale, 0)
        }
        return Volume(grid: gridRAS, voxels: voxels).reoriented(to: referenceGrid)
    }
}

extension Normalisation {
    /// Normalised voxels inside the brain, exactly 0 outside.
    func normalised(_ voxels: [Float], scale: Float, brain: [Bool]) -> [Float] {
        zip(voxels, brain).map { $1 ? normalise($0, scale: scale) : 0 }
    }
}
