import Volumes

/// Compares imputed with true volumes (method.md §6).
package enum ImageMetrics {
    /// Every metric of an imputed volume, over all voxels and by region; as it is, and after the best gain, one for the
    /// image.
    ///
    /// Volumes are compared as they are (no normalisation), in RAS order, so that slices are axial in the world and the
    /// storage order does not matter. SSIM is the mean over the axial slices that hold brain: where the brain mask is >
    /// 0, without one where the truth is. `Metric` documents what is undefined when.
    ///
    /// - Parameters:
    ///   - truth: the true volume.
    ///   - imputed: the volume to judge, on the same grid.
    ///   - brain: brain mask (> 0 is brain) on the same grid.
    ///   - lesion: lesion mask (> 0 is lesion) on the same grid; it may be empty, the lesion's scores are then
    ///     undefined.
    ///   - range: dynamic range R of the intensities for PSNR and SSIM.
    /// - Throws: `MetricsError` if grids differ, for NaN or infinite voxels, an empty brain mask, a range that is not
    ///   above 0.
    package static func score(
        truth: Volume, imputed: Volume, brain: Volume? = nil, lesion: Volume? = nil, range: Double = 1
    ) throws(MetricsError) -> Scores {
        guard range > 0, range.isFinite else {
            throw MetricsError(.badRange, .range, "the intensity range is \(range): it must be a number above 0")
        }
        let grid = truth.grid.reorientedToRAS()
        let comparison = Comparison(
            truth: try checked(truth, .truth, grid), imputed: try checked(imputed, .imputed, grid),
            brain: try brain.map { mask throws(MetricsError) in try checked(mask, .brain, grid).map { $0 > 0 } },
            lesion: try lesion.map { mask throws(MetricsError) in try checked(mask, .lesion, grid).map { $0 > 0 } },
            width: grid.size.x, height: grid.size.y, range: range)
        if let brain = comparison.brain, !brain.contains(true) {
            throw MetricsError(
                .emptyMask, .brain, "the brain mask is empty: give a mask with voxels above 0 inside the brain, or none"
            )
        }
        let gain = comparison.bestGain(slices: grid.size.z)
        let slices = concurrentMap(count: grid.size.z) { comparison.slice($0, gain: gain) }
        var total = Comparison.Slice(gain: gain)
        for slice in slices { total.add(slice) }
        return Scores(
            [(.whole, total.whole)] + (brain == nil ? [] : [(.brain, total.brain)])
                + (lesion == nil ? [] : [(.lesion, total.lesion), (.outsideLesion, total.outsideLesion)]),
            range: range, ssimPerSlice: slices.compactMap(\.ssim))
    }

    /// The voxels in RAS order, after the checks on grid and numbers.
    static func checked(
        _ volume: Volume, _ subject: MetricsError.Subject, _ grid: Grid
    ) throws(MetricsError) -> [Float] {
        let name = "the \(subject.rawValue)"
        let own = volume.grid.reorientedToRAS()
        guard own.size == grid.size else {
            throw MetricsError(
                .gridMismatch, subject,
                "\(name) has \(text(own.size)) voxels but the true volume \(text(grid.size)): resample one onto the other's grid"
            )
        }
        guard own.isClose(to: grid) else {
            throw MetricsError(
                .gridMismatch, subject,
                "\(name) lies elsewhere in space than the true volume (their affines differ): resample one onto the other's grid"
            )
        }
        let bad = volume.voxels.count { !$0.isFinite }
        guard bad == 0 else {
            throw MetricsError(
                .notFinite, subject,
                "\(name) has \(bad) voxels that are NaN or infinite: repair it, for example by setting them to 0")
        }
        return volume.reorientedToRAS().voxels
    }

    private static func text(_ size: SIMD3<Int>) -> String {
        "\(size.x)×\(size.y)×\(size.z)"
    }
}
