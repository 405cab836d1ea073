import CKernels
import Tensors

extension Tape {
    /// Multiplies each channel of each image by its own factor: N,H,W,C times N,1,1,C.
    public func scaleChannels(_ x: Variable, by factors: Variable) -> Variable {
        let shape = x.value.shape
        precondition(factors.value.shape == Shape(shape.n, 1, 1, shape.c), "one factor per image and channel")
        func scaled(_ tensor: Tensor) -> Tensor {
            let result = Tensor(shape)
            for image in 0..<shape.n {
                let (from, to) = (tensor.images(image..<image + 1), result.images(image..<image + 1))
                Parallel.forEachChunk(of: shape.pixels, by: rowsPerChunk(shape.c)) { rows in
                    ck_scale_channels(
                        from.row(rows.lowerBound), from.stride64, factors.value.row(image), to.row(rows.lowerBound),
                        to.stride64, Int64(rows.count), Int64(shape.c))
                }
            }
            return result
        }
        return record(scaled(x.value), when: x.needsGradient || factors.needsGradient) { dy in
            if factors.needsGradient {
                let dfactors = Tensor(factors.value.shape)
                for image in 0..<shape.n {
                    let (a, b) = (x.value.images(image..<image + 1), dy.images(image..<image + 1))
                    let sums = ChannelSums.over(rows: shape.pixels, channels: shape.c) { rows, sums in
                        ck_dot_rows(
                            a.row(rows.lowerBound), a.stride64, b.row(rows.lowerBound), b.stride64, Int64(rows.count),
                            Int64(shape.c), sums)
                    }
                    for channel in 0..<shape.c { dfactors.row(image)[channel] = Float(sums[channel]) }
                }
                factors.receive(dfactors)
            }
            if x.needsGradient { x.receive(scaled(dy)) }
        }
    }
}
