import CKernels
import Tensors

/// Mean and squared deviations from it, per channel of a volume D,H,W,C.
///
/// Each run of 512 voxels sums differences from its first voxel, in float32 over 16 and in float64 over those; runs are merged in order
/// (Chan, Golub & LeVeque 1983), as the engine's norms do.
struct VolumeMoments {
    private static let run = 512

    private(set) var means: [Double]
    /// Σ (x − mean)².
    private(set) var squares: [Double]
    /// Voxels.
    private(set) var count = 0.0

    /// Of no voxel yet.
    init(channels: Int) {
        means = [Double](repeating: 0, count: channels)
        squares = means
    }

    /// Takes the voxels of a volume, or of further slices of one.
    mutating func add(_ volume: Tensor) {
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
        for run in 0..<runs {
            let voxels = Double(min(Self.run, rows - run * Self.run))
            let share = voxels / (count + voxels)
            let weight = count * share
            for channel in 0..<channels {
                let sum = sums[2 * run * channels + channel]
                let offset = sum / voxels
                let difference = Double(shifts[run * channels + channel]) + offset - means[channel]
                means[channel] += difference * share
                squares[channel] +=
                    sums[(2 * run + 1) * channels + channel] - sum * offset + difference * difference * weight
            }
            count += voxels
        }
    }
}
