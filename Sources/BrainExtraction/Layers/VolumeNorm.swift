import CKernels
import Tensors

/// Instance norm without weights: (x − mean) ÷ √(variance + ε) per channel of a volume D,H,W,C.
///
/// Each run of 512 voxels sums differences from its first voxel, in float32 over 16 and in float64 over those; runs are merged in order
/// (Chan, Golub & LeVeque 1983), as the engine's norms do.
package struct VolumeNorm: Sendable {
    private static let epsilon = 1e-5
    private static let run = 512
    /// Rows mean, scale, shift (0), slope of no activation (1) and of a ReLU (0).
    private let table: Tensor

    /// Mean and variance of a volume.
    package init(_ volume: Tensor) {
        let (rows, channels) = (volume.shape.rows, volume.shape.c)
        let runs = (rows + Self.run - 1) / Self.run
        var shifts = [Float](repeating: 0, count: runs * channels)
        var sums = [Double](repeating: 0, count: 2 * runs * channels)
        shifts.withUnsafeMutableBufferPointer { shifts in
            sums.withUnsafeMutableBufferPointer { sums in
                nonisolated(unsafe) let (shifts, sums) = (shifts.baseAddress!, sums.baseAddress!)
                withPointers(to: volume) { volume in
                    Parallel.forEachChunk(of: rows, by: Self.run) { rows in
                        let run = rows.lowerBound / Self.run
                        ck_run_sums(
                            volume.row(rows.lowerBound), volume.stride64, Int64(rows.count), Int64(channels),
                            shifts + run * channels, sums + 2 * run * channels, sums + (2 * run + 1) * channels)
                    }
                }
            }
        }
        table = Tensor(Shape(5, 1, 1, channels), filledWith: 0)
        withPointers(to: table) { table in
            for channel in 0..<channels {
                var (mean, squared, total) = (0.0, 0.0, 0.0)
                for run in 0..<runs {
                    let count = Double(min(Self.run, rows - run * Self.run))
                    let sum = sums[2 * run * channels + channel]
                    let offset = sum / count
                    let difference = Double(shifts[run * channels + channel]) + offset - mean
                    mean += difference * (count / (total + count))
                    squared +=
                        sums[(2 * run + 1) * channels + channel] - sum * offset
                        + difference * difference * (total * count / (total + count))
                    total += count
                }
                let variance = max(0, squared / total)
                table.row(0)[channel] = Float(mean)
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
