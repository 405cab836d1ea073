import Preprocessing
import Volumes

extension PreparedPatient {
    /// Where the pixels of `stack` lie in the world: i to the right, j to anterior, k to superior.
    ///
    /// In plane, the patient's and the network's lattice share their centre; the crop then moves the origin.
    var sliceGrid: Grid {
        let ras = referenceGrid.reorientedToRAS()
        func axis(_ size: Int, own: Double, network: Double, offset: Int) -> (start: Double, step: Double) {
            let step = network / own
            let count = step == 1 ? Double(size) : max((Double(size) / step).rounded(), 1)
            return (Double(size - 1) / 2 + (Double(offset) - (count - 1) / 2) * step, step)
        }
        let x = axis(ras.size.x, own: ras.spacing.x, network: spacing.x, offset: crop.x)
        let y = axis(ras.size.y, own: ras.spacing.y, network: spacing.y, offset: crop.y)
        let affine = Affine(
            i: ras.affine.i * x.step, j: ras.affine.j * y.step, k: ras.affine.k,
            origin: ras.affine.world(SIMD3(x.start, y.start, 0)))
        return Grid(size: SIMD3(stack.width, stack.height, stack.slices), affine: affine)
    }
}
