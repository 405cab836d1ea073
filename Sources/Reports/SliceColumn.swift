import Volumes

/// A picture of a few axial slices, superior on top.
package enum SliceColumn {
    /// Longer side of a slice in pixels.
    private static let side = 184.0

    /// All axial slices of a small volume below each other, cut to the brain.
    ///
    /// - Parameters:
    ///   - volume: normalised (1 is shown as white), in RAS order.
    ///   - brain: positive inside the brain, on the same grid.
    /// - Precondition: equal numbers of voxels, at least one.
    /// - Returns: the bytes of a PNG file.
    package static func png(_ volume: Volume, brain: Volume) -> [UInt8] {
        precondition(volume.grid.size == brain.grid.size && volume.grid.count > 0, "volumes on different grids")
        let box = SliceSelection.box(of: brain)
        let extent = SIMD3<Double>(box.high &- box.low &+ 1) * SlicePicture.spacing(volume.grid)
        let scale = max(extent.x, extent.y) / side
        let slices = (0..<volume.grid.size.z).reversed().map { index in
            SlicePicture.draw(volume, plane: .axial, index: index, box: box, white: 1, millimetresPerPixel: scale)
        }
        return PNG.encode(
            gray: slices.flatMap(\.pixels), width: slices[0].width, height: slices.reduce(0) { $0 + $1.height })
    }
}
