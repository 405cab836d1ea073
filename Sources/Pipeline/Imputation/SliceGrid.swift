import Preprocessing
import Volumes

extension PreparedPatient {
    /// Where the pixels of `stack` lie in the world: i to the right, j to anterior, k to superior.
    ///
    /// In plane, the patient's and the network's lattice share their centre; the crop then moves the origin.
    var sliceGrid: Grid {
        let ras = referenceGrid.reorientedToRAS()
        func axis(_ size: Int, _ own: Double, _ network: Double, _ offset: Int) -> (start: Double, step: Double) {
            let step = network / own
            let count = step == 1 ? Double(size) : max((Double(size) / step).rounded(), 1)
            return (Double(size - 1) / 2 + (Double(offset) - (count - 1) / 2) * step, step)
        }
        let x = axis(ras.size.x, ras.spacing.x, spacing.x, crop.x)
        let y = axis(ras.size.y, ras.spacing.y, spacing.y, crop.y)
        let affine = Affine(
            i: ras.affine.i * x.step, j: ras.affine.j * y.step, k: ras.affine.k,
            origin: ras.affine.world(SIMD3(x.start, y.start, 0)))
        return Grid(size: SIMD3(stack.width, stack.height, stack.slices), affine: affine)
    }
}
