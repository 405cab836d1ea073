/// A 3-D scalar image with its place in the world.
///
/// Voxel (i, j, k) is `voxels[i + size.x * (j + size.y * k)]`; this is the one place where the axis order is written down.
public struct Volume: Sendable {
    public var grid: Grid
    public var voxels: [Float]

    /// - Precondition: `voxels.count == grid.count`.
    public init(grid: Grid, voxels: [Float]) {
        precondition(voxels.count == grid.count, "voxel count does not match the grid")
        (self.grid, self.voxels) = (grid, voxels)
    }

    public subscript(i: Int, j: Int, k: Int) -> Float {
        get { voxels[i + grid.size.x * (j + grid.size.y * k)] }
        set { voxels[i + grid.size.x * (j + grid.size.y * k)] = newValue }
    }
}
