import CKernels
import Tensors

/// The filter as matrices, one per row of the kernel: ((pixels + side − 1) · inputs) × (pixels · outputs).
struct ShiftedFilter {
    private let layer: RowConvolution
    private let pixels: Int
    private let panels: Int
    private let size: Int
    private let matrices: Buffer
    private let bias: [Float]?

    init(_ layer: RowConvolution, _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, pixels: Int) {
        let (depth, columns) = ((pixels + layer.side - 1) * layer.inputs, pixels * layer.outputs)
        let panel = 2 * Int(ck_vector())
        panels = panel
        size = (columns + panel - 1) / panel * panel * depth
        (self.layer, self.pixels) = (layer, pixels)
        matrices = Buffer(count: layer.side * size)
        self.bias = bias.map { bias in (0..<columns).map { bias[$0 % layer.outputs] } }
        var dense = [Float](repeating: 0, count: depth * columns)
        withPointers(to: matrices) { matrices in
            for ky in 0..<layer.side {
                for pixel in 0..<pixels {
                    for tap in 0..<layer.side {
                        for input in 0..<layer.inputs {
                            let from = weights + ((ky * layer.side + tap) * layer.inputs + input) * layer.outputs
                            let place = ((pixel + tap) * layer.inputs + input) * columns + pixel * layer.outputs
                            for output in 0..<layer.outputs { dense[place + output] = from[output] }
                        }
                    }
                }
                ck_gemm_pack(Int64(depth), Int64(columns), dense, Int64(columns), 1, matrices + ky * size)
            }
        }
    }
}

extension ShiftedFilter: PointerAccess {
    /// Where the matrices lie.
    struct Pointers {
        fileprivate let filter: ShiftedFilter
        fileprivate let matrices: UnsafeMutablePointer<Float>

        /// Some pixels of one line of the output.
        func apply(
            _ x: PaddedImages.Pointers, image: Int, line: Int, from first: Int, count: Int,
            into y: UnsafeMutablePointer<Float>, stride: Int
        ) {
            guard count > 0 else { return }
            let (layer, pixels) = (filter.layer, filter.pixels)
            let depth = (pixels + layer.side - 1) * layer.inputs
            for ky in 0..<layer.side {
                ck_gemm(
                    Int64(count / pixels), Int64(pixels * layer.outputs), Int64(depth),
                    x.pointer(image: image, line: line, ky: ky, column: first), Int64(pixels * x.channels), 1,
                    matrices + ky * filter.size,
                    Int64(filter.panels * depth), Int64(filter.panels), y, Int64(pixels * stride),
                    ky == 0 ? filter.bias : nil, ky > 0 ? 1 : 0)
            }
        }
    }

    func pointers(_ permit: borrowing PointerPermit) -> Pointers {
        Pointers(filter: self, matrices: matrices.pointers(permit))
    }
}

/// The weight gradient in the form of `ShiftedFilter`'s matrices.
struct ShiftedGradient {
    private let layer: RowConvolution
    private let pixels: Int

    init(_ layer: RowConvolution, pixels: Int) { (self.layer, self.pixels) = (layer, pixels) }

    private var depth: Int { (pixels + layer.side - 1) * layer.inputs }
    private var columns: Int { pixels * layer.outputs }

    func zeros() -> Tensor { Tensor(Shape(layer.side, 1, 1, depth * columns), filledWith: 0) }

    func add(
        _ x: PaddedImages.Pointers, image: Int, line: Int, from first: Int, count: Int, dy: UnsafePointer<Float>,
        stride: Int, to sums: Tensor.Pointers
    ) {
        guard count > 0 else { return }
        for ky in 0..<layer.side {
            ck_gemm(
                Int64(depth), Int64(columns), Int64(count / pixels),
                x.pointer(image: image, line: line, ky: ky, column: first), 1,
                Int64(pixels * x.channels), dy, 2 * ck_vector(), Int64(pixels * stride), sums.row(ky), Int64(columns),
                nil, 1)
        }
    }

    func fold(_ sums: Tensor.Pointers, into gradient: UnsafeMutablePointer<Float>) {
        for ky in 0..<layer.side {
            for pixel in 0..<pixels {
                for tap in 0..<layer.side {
                    for input in 0..<layer.inputs {
                        let to = gradient + ((ky * layer.side + tap) * layer.inputs + input) * layer.outputs
                        let from =
                            sums.row(ky) + ((pixel + tap) * layer.inputs + input) * columns + pixel * layer.outputs
                        for output in 0..<layer.outputs { to[output] += from[output] }
                    }
                }
            }
        }
    }
}
