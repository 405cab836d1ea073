import CKernels
import Tensors

/// Instance norm without weights: (x − mean) ÷ √(variance + ε) per channel of a volume D,H,W,C.
package struct VolumeNorm: Sendable {
    private static let epsilon = 1e-5
    /// Rows mean, scale, shift (0), slope of no activation (1) and of a ReLU (0).
    private let table: Tensor

    /// Of a whole volume.
    package init(_ volume: Tensor) {
        var moments = VolumeMoments(channels: volume.shape.c)
        moments.add(volume)
        self.init(moments)
    }

    /// Of a volume that was seen in parts.
    ///
    /// - Precondition: not of none.
    init(_ moments: VolumeMoments) {
        table = Tensor(Shape(5, 1, 1, moments.means.count), filledWith: 0)
        withPointers(to: table) { table in
            for channel in moments.means.indices {
                let variance = max(0, moments.squares[channel] / moments.count)
                table.row(0)[channel] = Float(moments.means[channel])
                table.row(1)[channel] = Float(1 / (variance + Self.epsilon).squareRoot())
                table.row(3)[channel] = 1
            }
        }
    }

    /// What is done to the normalised values.
    package enum Activation: Sendable {
        case none
        case relu
        /// ReLU, then a sum.
        case reluPlus(Tensor)
        /// A sum, then ReLU.
        case plusReLU(Tensor)
    }

    /// Normalises a volume in place; the norm need not be of this one.
    package func apply(to volume: Tensor, _ activation: Activation) {
        let channels = volume.shape.c
        let chunk = max(1, 4096 / channels)
        let (addend, isFirst, isLast): (Tensor?, Bool, Bool) =
            switch activation {
            case .none: (nil, false, false)
            case .relu: (nil, true, false)
            case .reluPlus(let addend): (addend, true, false)
            case .plusReLU(let addend): (addend, false, true)
            }
        withPointers(to: table, volume, addend) { table, volume, addend in
            let activation = ck_activation(
                mean: table.row(0), scale: table.row(1), shift: table.row(2), slope: table.row(isFirst ? 4 : 3),
                image: 0)
            Parallel.forEachChunk(of: volume.shape.rows, by: 16 * chunk) { rows in
                withPointers(to: Buffer(count: chunk * channels)) { scratch in
                    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: chunk) {
                        let count = Int64(min(chunk, rows.upperBound - first))
                        let (place, width) = (volume.row(first), Int64(channels))
                        withUnsafePointer(to: activation) {
                            ck_activate(place, volume.stride64, $0, scratch, width, count, width)
                        }
                        if let addend { ck_axpy(1, addend.row(first), addend.stride64, scratch, width, count, width) }
                        if isLast {
                            ck_leaky_relu(scratch, width, 0, place, volume.stride64, count, width)
                        } else {
                            ck_copy(scratch, width, place, volume.stride64, count, width)
                        }
                    }
                }
            }
        }
    }
}
