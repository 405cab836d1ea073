import CKernels
import Tensors

/// Some taps of a filter [z][y][x][in][out], packed for the products: per tap along x one matrix whose rows are the taps along y, then
/// z, then the inputs, and whose columns are the outputs.
struct TapMatrices: Sendable {
    let taps: PerAxis<Int>
    let inputs: Int
    let outputs: Int
    private let panel = 2 * Int(ck_vector())
    /// Outputs, filled up to whole panels.
    private let width: Int
    private let values: Buffer

    /// - Parameters:
    ///   - weights: of a filter of `size` taps along each axis.
    ///   - selected: which of them, in the order in which the volume is walked through.
    /// - Precondition: as many weights as taps, inputs and outputs make.
    init(_ weights: [Float], size: Int, inputs: Int, outputs: Int, selected: PerAxis<[Int]>) {
        precondition(weights.count == size * size * size * inputs * outputs, "not so many weights")
        (self.inputs, self.outputs) = (inputs, outputs)
        taps = PerAxis(z: selected.z.count, y: selected.y.count, x: selected.x.count)
        let depth = taps.z * taps.y * inputs
        let width = (outputs + panel - 1) / panel * panel
        self.width = width
        values = Buffer(count: taps.x * width * depth)
        var dense: [Float] = []
        withPointers(to: values) { values in
            for (place, x) in selected.x.enumerated() {
                dense.removeAll(keepingCapacity: true)
                for y in selected.y {
                    for z in selected.z {
                        let start = ((z * size + y) * size + x) * inputs * outputs
                        dense += weights[start..<start + inputs * outputs]
                    }
                }
                ck_gemm_pack(
                    Int64(depth), Int64(outputs), dense, Int64(outputs), 1,
                    values + place * width * depth)
            }
        }
    }
}

extension TapMatrices: PointerAccess {
    /// Where the matrices lie.
    struct Pointers {
        fileprivate let start: UnsafeMutablePointer<Float>
        let taps: PerAxis<Int>
        let inputs: Int
        let outputs: Int
        let panel: Int
        fileprivate let width: Int

        var isSingleTap: Bool { taps.z * taps.y * taps.x == 1 }

        /// Rows of a matrix.
        var depth: Int { taps.z * taps.y * inputs }

        /// The matrix of one tap along x from a column on, which begins a panel.
        func matrix(_ x: Int, from column: Int) -> UnsafePointer<Float> {
            UnsafePointer(start + (x * width + column) * depth)
        }
    }

    func pointers(_ permit: borrowing PointerPermit) -> Pointers {
        Pointers(
            start: values.pointers(permit), taps: taps, inputs: inputs, outputs: outputs, panel: panel,
            width: width)
    }
}
