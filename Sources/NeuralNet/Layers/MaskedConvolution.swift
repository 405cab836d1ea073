import CKernels
import Tensors

extension Tape {
    /// First layer of several encoders side by side: 3×3 convolution, instance norm and leaky ReLU; encoder e sees
    /// image e and one mask plane per contrast, of which the target's is 1 and the others 0.
    ///
    /// Mask planes are never written: inside the image they are constant, so all encoders share one plane of ones, and
    /// of their weights for the planes only those of each sample's target count.
    ///
    /// - Parameters:
    ///   - images: one variable N,H,W,1 per encoder.
    ///   - targets: one contrast per sample.
    ///   - weights: per encoder (1 + contrasts) → K, 3×3.
    /// - Returns: N,H,W,encoders · K.
    package func maskedConvolutionNormLeakyReLU(
        _ images: [Variable], targets: [Int], _ weights: [Parameter], scale: [Parameter], shift: [Parameter],
        epsilon: Float, slope: Float
    ) -> Variable {
        let layer = MaskedConvolution(weights, encoders: images.count)
        let norm = InstanceNorm(scale: scale, shift: shift, epsilon: epsilon, slope: slope)
        let size = images[0].shape
        let y = Tensor(Shape(size.n, size.h, size.w, layer.outputs))
        let x = layer.input(images)
        let statistics = RunStatistics(runs: size.n * size.h, channels: layer.outputs)
        for (sample, target) in targets.enumerated() {
            withPointers(to: layer.dense(target)) { dense in
                layer.rows.forward(
                    PaddedImages(x.images(sample..<sample + 1), nil, padding: 1), weights: dense.pointer, bias: nil,
                    into: y.images(sample..<sample + 1), statistics: statistics, firstRun: sample * size.h)
            }
        }
        let activation = norm.activation(of: statistics, y.shape, runsPerImage: size.h) { _ in size.w }
        let isNeeded = images.contains(where: \.needsGradient)
        return record(y, activation: activation, when: isNeeded, weights + scale + shift) { dy in
            layer.backward(images, joined: x, targets: targets, dy: norm.gradient(y, activation, dy))
        }
    }
}

private struct MaskedConvolution {
    let weights: [Parameter]
    let encoders: Int
    /// Contrasts' mask planes.
    private let masks: Int
    private let own: Int

    init(_ weights: [Parameter], encoders: Int) {
        guard case .convolution(3, 3, let inputs, let outputs) = weights[0].layout else {
            preconditionFailure("not 3×3 filters")
        }
        precondition(weights.count == encoders, "one filter per encoder")
        self.weights = weights
        self.encoders = encoders
        masks = inputs - 1
        own = outputs
    }

    var outputs: Int { encoders * own }
    private var inputs: Int { encoders + 1 }
    var rows: RowConvolution { RowConvolution(inputs: inputs, outputs: outputs, padding: 1) }

    /// All images and a plane of ones.
    func input(_ images: [Variable]) -> Tensor {
        let s = images[0].shape
        let x = Tensor(Shape(s.n, s.h, s.w, inputs))
        for (encoder, image) in images.enumerated() {
            withPointers(to: image.value, x.channels(encoder..<encoder + 1)) { from, to in
                ck_copy(from.pointer, from.stride64, to.pointer, to.stride64, Int64(s.rows), 1)
            }
        }
        withPointers(to: x.channels(encoders..<inputs)) { ones in
            ck_fill(ones.pointer, ones.stride64, Int64(s.rows), 1, 1)
        }
        return x
    }

    /// [3][3][images and ones][outputs of all encoders].
    func dense(_ target: Int) -> Tensor {
        let whole = Tensor(Shape(1, 1, 1, 9 * inputs * outputs), filledWith: 0)
        withPointers(to: whole, weights.map(\.values)) { whole, filters in
            forEachRow(target) { encoder, inWhole, inFilter in
                (whole.pointer + inWhole).update(from: filters[encoder].pointer + inFilter, count: own)
            }
        }
        return whole
    }

    func backward(_ images: [Variable], joined x: Tensor, targets: [Int], dy: Tensor) {
        for (sample, target) in targets.enumerated() {
            let range = sample..<sample + 1
            let gradient = Tensor(Shape(1, 1, 1, 9 * inputs * outputs), filledWith: 0)
            let gradients = weights.map { $0.isFrozen ? nil : $0.gradientForAdding() }
            withPointers(to: gradient, gradients) { gradient, gradients in
                rows.addWeightGradient(
                    PaddedImages(x.images(range), nil, padding: 1), dy.images(range), to: gradient.pointer)
                forEachRow(target) { encoder, inWhole, inFilter in
                    guard let sum = gradients[encoder] else { return }
                    for output in 0..<own { sum.pointer[inFilter + output] += gradient.pointer[inWhole + output] }
                }
            }
        }
        for (encoder, image) in images.enumerated() where image.needsGradient {
            image.receive(imageGradient(encoder, dy))
        }
    }

    /// Of one encoder's image: its filter's first input, rotated.
    private func imageGradient(_ encoder: Int, _ dy: Tensor) -> Tensor {
        let rotated = Tensor(Shape(1, 1, 1, 9 * own))
        let dx = Tensor(Shape(dy.shape.n, dy.shape.h, dy.shape.w, 1))
        withPointers(to: rotated, weights[encoder].values) { rotated, filter in
            for tap in 0..<9 {
                (rotated.pointer + tap * own).update(
                    from: filter.pointer + (8 - tap) * (1 + masks) * own, count: own)
            }
            RowConvolution(inputs: own, outputs: 1, padding: 1).forward(
                PaddedImages(dy.channels(encoder * own..<(encoder + 1) * own), nil, padding: 1),
                weights: rotated.pointer, bias: nil, into: dx)
        }
        return dx
    }

    /// Rows of outputs: where they lie in the dense filter, and in each encoder's own.
    private func forEachRow(_ target: Int, _ body: (_ encoder: Int, _ inWhole: Int, _ inFilter: Int) -> Void) {
        for encoder in weights.indices {
            for tap in 0..<9 {
                body(
                    encoder, (tap * inputs + encoder) * outputs + encoder * own, tap * (1 + masks) * own)
                body(
                    encoder, (tap * inputs + encoders) * outputs + encoder * own,
                    (tap * (1 + masks) + 1 + target) * own)
            }
        }
    }
}
