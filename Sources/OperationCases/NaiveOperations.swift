import ElementaryFunctions
import Tensors

/// A tape's operations once more as direct loops in float64, written from their definitions; weights lie as in a weight
/// file (PyTorch's layouts).
package enum Naive {
    /// y[n,oy,ox,o] = bias[o] + Σ x[n, oy·stride + ky − padding, ox·stride + kx − padding, i] · weight[o,i,ky,kx],
    /// zeros outside.
    package static func convolution(
        _ x: Reference, weight: [Double], bias: [Double]?, kernel: (height: Int, width: Int), outputs: Int,
        stride: Int = 1, padding: Int = 0
    ) -> Reference {
        let s = x.shape
        let (height, width) = (
            (s.h + 2 * padding - kernel.height) / stride + 1, (s.w + 2 * padding - kernel.width) / stride + 1
        )
        var y = Reference(Shape(s.n, height, width, outputs))
        let taps = kernel.height * kernel.width
        var position = 0
        x.values.withUnsafeBufferPointer { image in
            weight.withUnsafeBufferPointer { weight in
                for n in 0..<s.n {
                    for oy in 0..<height {
                        for ox in 0..<width {
                            for o in 0..<outputs {
                                var sum = bias?[o] ?? 0
                                for ky in 0..<kernel.height {
                                    let iy = oy * stride + ky - padding
                                    guard (0..<s.h).contains(iy) else { continue }
                                    for kx in 0..<kernel.width {
                                        let ix = ox * stride + kx - padding
                                        guard (0..<s.w).contains(ix) else { continue }
                                        let from = ((n * s.h + iy) * s.w + ix) * s.c
                                        let tap = o * s.c * taps + ky * kernel.width + kx
                                        for i in 0..<s.c { sum += image[from + i] * weight[tap + i * taps] }
                                    }
                                }
                                y.values[position] = sum
                                position += 1
                            }
                        }
                    }
                }
            }
        }
        return y
    }

    /// y[n,o] = bias[o] + Σ x[n,i] · weight[o,i].
    package static func dense(_ x: Reference, weight: [Double], bias: [Double]) -> Reference {
        convolution(x, weight: weight, bias: bias, kernel: (1, 1), outputs: bias.count)
    }

    /// y[n, k·iy + ky, k·ix + kx, o] = bias[o] + Σ x[n,iy,ix,i] · weight[i,o,ky,kx]: stride and kernel are both k.
    package static func transposedConvolution(_ x: Reference, weight: [Double], bias: [Double], kernel k: Int)
        -> Reference
    {
        let s = x.shape
        let outputs = bias.count
        var y = Reference(Shape(s.n, s.h * k, s.w * k, outputs))
        for n in 0..<s.n {
            for oy in 0..<s.h * k {
                for ox in 0..<s.w * k {
                    for o in 0..<outputs {
                        var sum = bias[o]
                        for i in 0..<s.c {
                            let tap = ((i * outputs + o) * k + oy % k) * k + ox % k
                            sum += x[n, oy / k, ox / k, i] * weight[tap]
                        }
                        y[n, oy, ox, o] = sum
                    }
                }
            }
        }
        return y
    }

    /// lrelu(γ · (x − μ) ÷ √(σ² + ε) + β), μ and biased σ² per image and channel.
    package static func instanceNormLeakyReLU(
        _ x: Reference, scale: [Double], shift: [Double], epsilon: Double, slope: Double
    ) -> Reference {
        let s = x.shape
        var y = x
        for n in 0..<s.n {
            for c in 0..<s.c {
                let places = (0..<s.pixels).map { (n * s.pixels + $0) * s.c + c }
                let mean = places.reduce(0) { $0 + x.values[$1] } / Double(s.pixels)
                let deviations = places.map { x.values[$0] - mean }
                let variance = deviations.reduce(0) { $0 + $1 * $1 } / Double(s.pixels)
                for place in places {
                    let z = scale[c] * (x.values[place] - mean) / (variance + epsilon).squareRoot() + shift[c]
                    y.values[place] = z > 0 ? z : slope * z
                }
            }
        }
        return y
    }

    /// x > 0 ? x : slope · x.
    package static func leakyReLU(_ x: Reference, slope: Double) -> Reference {
        x.mapped { $0 > 0 ? $0 : slope * $0 }
    }

    /// 1 ÷ (1 + e⁻ˣ).
    package static func sigmoid(_ x: Reference) -> Reference {
        x.mapped { 1 / (1 + Elementary.exp(-$0)) }
    }

    /// Mean over the pixels of each channel.
    package static func globalAveragePool(_ x: Reference) -> Reference {
        let s = x.shape
        var y = Reference(Shape(s.n, 1, 1, s.c))
        for n in 0..<s.n {
            for c in 0..<s.c {
                for line in 0..<s.h {
                    for column in 0..<s.w { y[n, 0, 0, c] += x[n, line, column, c] / Double(s.pixels) }
                }
            }
        }
        return y
    }

    /// Largest of each 2×2 pixels; a last odd line or column is dropped.
    package static func maxPool2(_ x: Reference) -> Reference {
        let s = x.shape
        var y = Reference(Shape(s.n, s.h / 2, s.w / 2, s.c))
        for n in 0..<s.n {
            for oy in 0..<s.h / 2 {
                for ox in 0..<s.w / 2 {
                    for c in 0..<s.c {
                        y[n, oy, ox, c] = max(
                            max(x[n, 2 * oy, 2 * ox, c], x[n, 2 * oy, 2 * ox + 1, c]),
                            max(x[n, 2 * oy + 1, 2 * ox, c], x[n, 2 * oy + 1, 2 * ox + 1, c]))
                    }
                }
            }
        }
        return y
    }

    /// Side by side along the channels.
    package static func concatenate(_ parts: [Reference]) -> Reference {
        let s = parts[0].shape
        let values = (0..<s.rows).flatMap { row in
            parts.flatMap { part in part.values[row * part.shape.c..<(row + 1) * part.shape.c] }
        }
        return Reference(Shape(s.n, s.h, s.w, parts.reduce(0) { $0 + $1.shape.c }), values)
    }

    /// One after another along the batch.
    package static func stack(_ parts: [Reference]) -> Reference {
        let s = parts[0].shape
        return Reference(Shape(parts.reduce(0) { $0 + $1.shape.n }, s.h, s.w, s.c), parts.flatMap(\.values))
    }

    /// x[n,y,x,c] · factors[n,c].
    package static func scaleChannels(_ x: Reference, by factors: Reference) -> Reference {
        let s = x.shape
        var y = x
        for position in y.values.indices {
            y.values[position] *= factors[position / (s.pixels * s.c), 0, 0, position % s.c]
        }
        return y
    }

    /// Every value times a mask value.
    package static func multiply(_ x: Reference, _ mask: [Double]) -> Reference {
        Reference(x.shape, zip(x.values, mask).map { $0 * $1 })
    }

    /// y = Σ_f weight[row, f] · φ_f + features · brain, φ = [x_i, x_i·x_j for i ≤ j, brain], brain = 1 where any image
    /// is > 0.
    package static func regressionBranch(
        _ features: Reference, images: [Reference], rows: [Int], weight: [Double]
    ) -> Reference {
        var y = features
        for pixel in features.values.indices {
            let x = images.map { $0.values[pixel] }
            let brain: Double = x.contains { $0 > 0 } ? 1 : 0
            let products = x.indices.flatMap { i in x[i...].map { x[i] * $0 } }
            let phi = x + products + [brain]
            let row = rows[pixel / features.shape.pixels]
            let sum = phi.enumerated().reduce(0.0) { $0 + weight[row * phi.count + $1.offset] * $1.element }
            y.values[pixel] = sum + features.values[pixel] * brain
        }
        return y
    }
}
