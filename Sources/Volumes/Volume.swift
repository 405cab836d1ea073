/// A 3-D scalar image with its place in the world.
///
/// Voxel (i, j, k) is `voxels[i + size.x * (j + size.y * k)]`; this is the one place where the axis order is written down.
package struct Volume: Sendable {
    /// Size and place of the voxels.
    package var grid: Grid
    /// `grid.count` values, i fastest.
    package var voxels: [Float]

    /// From voxels in storage order and their place.
    ///
    /// - Precondition: `voxels.count == grid.count`.
    package init(grid: Grid, voxels: [Float]) {
        precondition(voxels.count == grid.count, "voxel count does not match the grid")
        (self.grid, self.voxels) = (grid, voxels)
    }

    /// The voxel (i, j, k).
    ///
    /// - Precondition: each index is at least 0 and below `grid.size`; only indices beyond all voxels are sure to be caught.
    package subscript(i: Int, j: Int, k: Int) -> Float {
        get { voxels[i + grid.size.x * (j + grid.size.y * k)] }
        set { voxels[i + grid.size.x * (j + grid.size.y * k)] = newValue }
    }
}
