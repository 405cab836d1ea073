import Tensors
import Volumes

/// A volume as the networks see it: nearest voxels on a cube, clipped, standardised.
struct NetworkInput {
    /// Mean and standard deviation that the networks were trained with.
    private static let (mean, deviation): (Double, Double) = (0.449, 0.226)
    /// Voxels of a partial sum.
    private static let chunk = 65_536

    /// D,H,W,1; W runs along the volume's first storage axis.
    let values: Tensor

    /// - Parameter box: the part of the volume that fills the cube.
    /// - Parameter side: voxels along each edge of the cube.
    init(_ volume: Volume, _ box: VoxelBox, side: Int) {
        let places = (0..<3).map { axis in
            NearestSampling.places(side, of: box.size[axis]).map { box.low[axis] + $0 }
        }
        values = Tensor(Shape(side, side, side, 1))
        let size = volume.grid.size
        volume.voxels.withUnsafeBufferPointer { voxels in
            nonisolated(unsafe) let voxels = voxels
            withPointers(to: values) { values in
                Parallel.forEach(side) { plane in
                    for (line, j) in places[1].enumerated() {
                        let from = size.x * (j + size.y * places[2][plane])
                        let to = values.row((plane * side + line) * side)
                        for (column, i) in places[0].enumerated() {
                            let voxel = voxels[from + i]
                            to[column] =
                                voxel.isFinite
                                ? voxel
                                : voxel.isNaN ? 0 : voxel > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude
                        }
                    }
                }
            }
        }
    }

    /// The 0.5th and 99.5th percentile; nil where they are equal.
    func range() -> (low: Float, high: Float)? {
        let percentiles = Percentiles(values.array())
        guard let low = percentiles[0.5], let high = percentiles[99.5], Float(low) < Float(high),
            (Float(high) - Float(low)).isFinite
        else { return nil }
        return (Float(low), Float(high))
    }

    /// Clipped to a range, then brought to the networks' mean and standard deviation, in place.
    ///
    /// - Returns: whether that is possible: the voxels are not all alike.
    func standardise(_ range: (low: Float, high: Float)) -> Bool {
        let count = values.shape.count
        let chunks = (count + Self.chunk - 1) / Self.chunk
        let extent = range.high - range.low
        return withPointers(to: values) { values in
            /// Σ of what `body` makes of a chunk, in order.
            func sum(_ body: (Range<Int>) -> Double) -> Double {
                var partial = [Double](repeating: 0, count: chunks)
                partial.withUnsafeMutableBufferPointer { partial in
                    nonisolated(unsafe) let partial = partial.baseAddress!
                    Parallel.forEachChunk(of: count, by: Self.chunk) { partial[$0.lowerBound / Self.chunk] = body($0) }
                }
                return partial.reduce(0, +)
            }
            let voxels = values.pointer
            let mean =
                sum { part in
                    var sum = 0.0
                    for index in part {
                        voxels[index] = min(max((voxels[index] - range.low) / extent, 0), 1)
                        sum += Double(voxels[index])
                    }
                    return sum
                } / Double(count)
            let squares = sum { part in
                var sum = 0.0
                for index in part {
                    let difference = Double(voxels[index]) - mean
                    sum += difference * difference
                }
                return sum
            }
            let deviation = (squares / Double(count - 1)).squareRoot()
            guard deviation > 0 else { return false }
            let scale = Float(Self.deviation / deviation)
            let shift = Float(Self.mean - mean * (Self.deviation / deviation))
            Parallel.forEachChunk(of: count, by: Self.chunk) { part in
                for index in part { voxels[index] = scale * voxels[index] + shift }
            }
            return true
        }
    }
}
