import CKernels
import Foundation
import Tensors

extension Tape {
    /// Instance norm (affine, biased variance) followed by leaky ReLU: y = lrelu(γ · (x − μ) ÷ √(σ² + ε) + β), μ and σ² per
    /// image and channel over its pixels. Slope 1 leaves the norm alone.
    ///
    /// Written into `target` where one is given. Source: Ulyanov, Vedaldi, Lempitsky, arXiv:1607.08022.
    public func instanceNormLeakyReLU(
        _ x: Variable, scale gamma: Parameter, shift beta: Parameter, epsilon: Float, slope: Float,
        into target: Tensor? = nil
    ) -> Variable {
        let shape = x.value.shape
        let y = target ?? Tensor(shape)
        precondition(y.shape == shape, "the target has another shape than the result")
        let statistics = (0..<shape.n).map { image in
            let fold = NormFold(x.value.images(image..<image + 1), y.images(image..<image + 1))
            let statistics = InstanceStatistics(fold, gamma: gamma, beta: beta, epsilon: epsilon)
            let norm = statistics.replicated(by: fold)
            fold.forEachBand { rows in
                ck_norm_leaky_relu(
                    fold.x.row(rows.lowerBound), fold.x.stride64, norm.scale, norm.shift, norm.mean, slope,
                    fold.y.row(rows.lowerBound), fold.y.stride64, Int64(rows.count), Int64(fold.channels))
            }
            return statistics
        }
        return record(y, from: x, gamma, beta) { dy in
            let dx = Tensor(shape)
            for image in 0..<shape.n {
                let fold = NormFold(
                    x.value.images(image..<image + 1), dy.images(image..<image + 1), dx.images(image..<image + 1))
                let norm = statistics[image].replicated(by: fold)
                let channels = fold.channels
                let sums = ChannelSums.over(rows: fold.rows, channels: 2 * channels) { rows, sums in
                    ck_norm_leaky_relu_sums(
                        fold.x.row(rows.lowerBound), fold.x.stride64, fold.y.row(rows.lowerBound), fold.y.stride64,
                        norm.scale, norm.shift, norm.mean, norm.rstd, slope, Int64(rows.count), Int64(channels), sums,
                        sums + channels)
                }
                let sumG = fold.unfold(Array(sums[..<channels]))
                let sumGX = fold.unfold(Array(sums[channels...]))
                for (parameter, sums) in [(gamma, sumGX), (beta, sumG)] where !parameter.isFrozen {
                    let gradient = parameter.gradientForAdding()
                    for channel in 0..<shape.c { gradient[channel] += Float(sums[channel]) }
                }
                let pixels = Double(shape.pixels)
                let a = fold.replicate(sumG.map { Float($0 / pixels) })
                let b = fold.replicate(sumGX.map { Float($0 / pixels) })
                fold.forEachBand { rows in
                    ck_norm_leaky_relu_backward(
                        fold.x.row(rows.lowerBound), fold.x.stride64, fold.y.row(rows.lowerBound), fold.y.stride64,
                        norm.scale, norm.shift, norm.mean, norm.rstd, a, b, slope, fold.z!.row(rows.lowerBound),
                        fold.z!.stride64, Int64(rows.count), Int64(channels))
                }
            }
            x.receive(dx)
        }
    }
}

/// Views of one image whose few channels are repeated to fill a vector: 16 ÷ C pixels become one row of 16 floats.
private struct NormFold {
    let x: Tensor
    let y: Tensor
    let z: Tensor?
    let factor: Int
    let base: Int

    init(_ x: Tensor, _ y: Tensor, _ z: Tensor? = nil) {
        base = x.shape.c
        let all = [x, y] + (z.map { [$0] } ?? [])
        let possible = base < 16 && 16 % base == 0 && x.shape.rows % (16 / base) == 0 && all.allSatisfy(\.isContiguous)
        let factor = possible ? 16 / base : 1
        func folded(_ tensor: Tensor) -> Tensor {
            factor == 1
                ? tensor : tensor.viewed(as: Shape(1, 1, tensor.shape.rows / factor, tensor.shape.c * factor))
        }
        (self.x, self.y, self.z, self.factor) = (folded(x), folded(y), z.map(folded), factor)
    }

    var channels: Int { base * factor }
    var rows: Int { x.shape.rows }

    func forEachBand(_ body: (Range<Int>) -> Void) {
        Parallel.forEachChunk(of: rows, by: rowsPerChunk(channels), body)
    }

    func replicate(_ values: [Float]) -> [Float] {
        Array(repeatElement(values, count: factor).joined())
    }

    func unfold(_ sums: [Double]) -> [Double] {
        (0..<base).map { channel in (0..<factor).reduce(0) { $0 + sums[$1 * base + channel] } }
    }
}

/// Per channel of one image: y = scale · (x − mean) + shift, x̂ = (x − mean) · rstd.
private struct InstanceStatistics {
    var scale: [Float]
    var shift: [Float]
    var mean: [Float]
    var rstd: [Float]

    init(_ fold: NormFold, gamma: Parameter, beta: Parameter, epsilon: Float) {
        let channels = fold.channels
        let pixels = Double(fold.rows * fold.factor)
        let sums = ChannelSums.over(rows: fold.rows, channels: channels) { rows, sums in
            ck_sum_rows(fold.x.row(rows.lowerBound), fold.x.stride64, Int64(rows.count), Int64(channels), sums)
        }
        mean = fold.unfold(sums).map { Float($0 / pixels) }
        let centre = fold.replicate(mean)
        let squares = ChannelSums.over(rows: fold.rows, channels: channels) { rows, squares in
            ck_squared_deviations(
                fold.x.row(rows.lowerBound), fold.x.stride64, centre, Int64(rows.count), Int64(channels), squares)
        }
        let rstds = fold.unfold(squares).map { 1 / ($0 / pixels + Double(epsilon)).squareRoot() }
        rstd = rstds.map { Float($0) }
        scale = (0..<fold.base).map { Float(Double(gamma.pointer[$0]) * rstds[$0]) }
        shift = (0..<fold.base).map { beta.pointer[$0] }
    }

    func replicated(by fold: NormFold) -> InstanceStatistics {
        guard fold.factor > 1 else { return self }
        var copy = self
        copy.scale = fold.replicate(scale)
        copy.shift = fold.replicate(shift)
        copy.mean = fold.replicate(mean)
        copy.rstd = fold.replicate(rstd)
        return copy
    }
}
