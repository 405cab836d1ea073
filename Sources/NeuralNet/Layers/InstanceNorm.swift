import CKernels
import Tensors

extension Tape {
    /// Instance norm (affine, biased variance) followed by leaky ReLU: y = lrelu(γ · (x − μ) ÷ √(σ² + ε) + β), μ and σ²
    /// per image and channel over its pixels. Slope 1 leaves the norm alone.
    ///
    /// Nothing is written: the result is x with an activation that is applied when it is read. Source: Ulyanov,
    /// Vedaldi, Lempitsky, arXiv:1607.08022.
    package func instanceNormLeakyReLU(
        _ x: Variable, scale gamma: Parameter, shift beta: Parameter, epsilon: Float, slope: Float
    ) -> Variable {
        let norm = InstanceNorm(scale: [gamma], shift: [beta], epsilon: epsilon, slope: slope)
        let values = x.value
        let activation = norm.activation(of: values)
        return record(values, activation: activation, when: x.needsGradient, [gamma, beta]) { dy in
            x.receive(norm.gradient(values, activation, dy))
        }
    }

    /// 3×3 convolution in groups without bias, instance norm and leaky ReLU: N,H,W,ΣC → N,H,W,ΣK, zero padding 1;
    /// padding 0 takes a pixel off each side.
    ///
    /// Group g turns its C channels of the input into its K channels of the result. A bias would be subtracted again
    /// with the mean. The raw values are written into `target` where one is given, e.g. a channel slice of the next
    /// layer's input.
    ///
    /// - Parameters:
    ///   - weights: one 3×3 convolution weight per group, all of one shape.
    ///   - scale: γ per group; `shift`: β per group.
    ///   - addend: 1,H,W,ΣK, added before the norm: what inputs that never change contribute.
    package func convolutionNormLeakyReLU(
        _ x: Variable, _ weights: [Parameter], scale: [Parameter], shift: [Parameter], epsilon: Float, slope: Float,
        padding: Int = 1, addend: Tensor? = nil, into target: Tensor? = nil
    ) -> Variable {
        let bank = FilterBank(weights)
        let norm = InstanceNorm(scale: scale, shift: shift, epsilon: epsilon, slope: slope)
        let geometry = ConvolutionGeometry(kernelSize: KernelSize(height: 3, width: 3), padding: padding)
        let shape = geometry.output(of: x.shape, channels: bank.outputs * bank.groups)
        precondition(x.shape.c == bank.inputs * bank.groups, "the input has other channels than the weights")
        let y = target ?? Tensor(shape)
        precondition(y.shape == shape, "the target has another shape than the result")
        guard let convolution = GroupedConvolution(bank, geometry) else { preconditionFailure("not 3×3 filters") }
        let statistics = convolution.forward(
            x, addend: addend, into: y, filters: filters, takingStatistics: true)
        let tiling = Tiling(shape)
        let activation =
            statistics.map {
                norm.activation(of: $0, shape, runsPerImage: tiling.runsPerImage) { tiling.pixels(tiling.run($0)) }
            } ?? norm.activation(of: y)
        return record(y, activation: activation, when: x.needsGradient, weights + scale + shift) { [filters] dy in
            convolution.backward(x, norm.gradient(y, activation, dy), filters: filters)
        }
    }
}

/// Instance norm with leaky ReLU over the channels of one or more groups.
struct InstanceNorm {
    let scale: [Parameter]
    let shift: [Parameter]
    let epsilon: Float
    let slope: Float

    /// In two passes: the mean, then the squared deviations from it.
    func activation(of x: Tensor) -> ChannelActivation {
        let (pixels, channels) = (Double(x.shape.pixels), x.shape.c)
        let activation = ChannelActivation(images: x.shape.n, channels: channels)
        withPointers(to: x, activation, scale.map(\.values), shift.map(\.values)) { x, activation, scale, shift in
            for image in 0..<x.shape.n {
                let part = x.image(image)
                let sums = ChannelSums.over(rows: x.shape.pixels, channels: channels) { rows, sums in
                    ck_sum_rows(part.row(rows.lowerBound), part.stride64, Int64(rows.count), Int64(channels), sums)
                }
                let mean = sums.map { Float($0 / pixels) }
                let squares = ChannelSums.over(rows: x.shape.pixels, channels: channels) { rows, squares in
                    ck_squared_deviations(
                        part.row(rows.lowerBound), part.stride64, mean, Int64(rows.count), Int64(channels), squares)
                }
                for channel in 0..<channels {
                    set(
                        activation, image: image, channel: channel, scale: scale, shift: shift,
                        mean: Double(mean[channel]), variance: squares[channel] / pixels)
                }
            }
        }
        return activation
    }

    /// From what a convolution summed on its way.
    func activation(
        of statistics: RunStatistics, _ shape: Shape, runsPerImage: Int, pixels: (_ run: Int) -> Int
    ) -> ChannelActivation {
        let activation = ChannelActivation(images: shape.n, channels: shape.c)
        withPointers(to: activation, scale.map(\.values), shift.map(\.values)) { activation, scale, shift in
            Parallel.forEach(shape.n) { image in
                let runs = image * runsPerImage..<(image + 1) * runsPerImage
                statistics.moments(of: runs, pixels: pixels) { channel, mean, variance in
                    set(
                        activation, image: image, channel: channel, scale: scale, shift: shift, mean: mean,
                        variance: variance)
                }
            }
        }
        return activation
    }

    private func set(
        _ activation: ChannelActivation.Pointers, image: Int, channel: Int, scale: [Tensor.Pointers],
        shift: [Tensor.Pointers], mean: Double, variance: Double
    ) {
        let (group, place) = channel.quotientAndRemainder(dividingBy: scale[0].shape.count)
        let deviation = 1 / (variance + Double(epsilon)).squareRoot()
        activation[.mean, image][channel] = Float(mean)
        activation[.deviation, image][channel] = Float(deviation)
        activation[.scale, image][channel] = Float(Double(scale[group].pointer[place]) * deviation)
        activation[.shift, image][channel] = shift[group].pointer[place]
        activation[.slope, image][channel] = slope
    }

    /// Turns dLoss/dy into dLoss/dx in place, and adds the gradients of γ and β.
    func gradient(_ x: Tensor, _ activation: ChannelActivation, _ dy: Tensor) -> Tensor {
        let (shape, channels) = (x.shape, x.shape.c)
        withPointers(to: x, activation, dy) { x, activation, dy in
            for image in 0..<shape.n {
                let (x, dy) = (x.image(image), dy.image(image))
                let mean = activation[.mean, image]
                let deviation = activation[.deviation, image]
                let scale = activation[.scale, image]
                let shift = activation[.shift, image]
                let sums = ChannelSums.over(rows: shape.pixels, channels: 2 * channels) { rows, sums in
                    ck_norm_leaky_relu_sums(
                        x.row(rows.lowerBound), x.stride64, dy.row(rows.lowerBound), dy.stride64, scale, shift, mean,
                        deviation, slope, Int64(rows.count), Int64(channels), sums, sums + channels)
                }
                addParameterGradients(sums)
                let pixels = Double(shape.pixels)
                let means = sums.map { Float($0 / pixels) }
                means.withUnsafeBufferPointer { means in
                    let means = means.baseAddress!
                    Parallel.forEachChunk(of: shape.pixels, by: rowsPerChunk(channels)) { rows in
                        ck_norm_leaky_relu_backward(
                            x.row(rows.lowerBound), x.stride64, dy.row(rows.lowerBound), dy.stride64, scale, shift,
                            mean, deviation, means, means + channels, slope, Int64(rows.count), Int64(channels))
                    }
                }
            }
        }
        return dy
    }

    /// `sums`: Σ g of every channel, then Σ g · x̂.
    private func addParameterGradients(_ sums: [Double]) {
        let channels = sums.count / 2
        for (parameters, first) in [(shift, 0), (scale, channels)] {
            var place = first
            for parameter in parameters {
                defer { place += parameter.count }
                guard !parameter.isFrozen else { continue }
                withPointers(to: parameter.gradientForAdding()) { gradient in
                    for channel in 0..<parameter.count { gradient.pointer[channel] += Float(sums[place + channel]) }
                }
            }
        }
    }
}
