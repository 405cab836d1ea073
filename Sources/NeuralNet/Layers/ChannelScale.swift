import CKernels
import Tensors

extension Tape {
    /// Multiplies each channel of each image by its own factor: N,H,W,C times N,1,1,C.
    ///
    /// Where x has an activation pending, the factors become part of it and nothing is computed.
    package func scaleChannels(_ x: Variable, by factors: Variable) -> Variable {
        let shape = x.shape
        precondition(factors.shape == Shape(shape.n, 1, 1, shape.c), "one factor per image and channel")
        let values = factors.value
        let isNeeded = x.needsGradient || factors.needsGradient
        func gradient(_ dy: Tensor) {
            if factors.needsGradient {
                let dfactors = Tensor(factors.shape)
                for image in 0..<shape.n {
                    let sums = ChannelSums.over(x, image, times: dy)
                    withPointers(to: dfactors) { dfactors in
                        for channel in 0..<shape.c { dfactors.row(image)[channel] = Float(sums[channel]) }
                    }
                }
                factors.receive(dfactors)
            }
            if x.needsGradient { x.receive(scaled(dy, by: values)) }
        }
        if let activation = x.activation, values.isNowhereNegative {
            return record(x.raw, activation: activation.scaled(by: values), when: isNeeded, gradient: gradient)
        }
        return record(scaled(x.value, by: values), when: isNeeded, gradient: gradient)
    }

    private func scaled(_ tensor: Tensor, by factors: Tensor) -> Tensor {
        let result = Tensor(tensor.shape)
        withPointers(to: tensor, factors, result) { tensor, factors, result in
            for image in 0..<tensor.shape.n {
                let (from, to) = (tensor.image(image), result.image(image))
                Parallel.forEachChunk(of: tensor.shape.pixels, by: rowsPerChunk(tensor.shape.c)) { rows in
                    ck_scale_channels(
                        from.row(rows.lowerBound), from.stride64, factors.row(image), to.row(rows.lowerBound),
                        to.stride64, Int64(rows.count), Int64(tensor.shape.c))
                }
            }
        }
        return result
    }
}

extension Tensor {
    fileprivate var isNowhereNegative: Bool { array().allSatisfy { $0 >= 0 } }
}
