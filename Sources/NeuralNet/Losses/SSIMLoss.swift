import CKernels
import ElementaryFunctions
import Foundation
import Tensors

extension Tape {
    /// −log((1 + SSIM) ÷ 2) of single-channel images with their truth, averaged over the batch.
    ///
    /// SSIM: Gaussian window 11×11, σ 1.5, K1 0.01, K2 0.03, biased covariance, mean over the positions where the
    /// window fits. Source: Wang et al., IEEE TIP 13(4), 2004; the loss method.md §4. Range is the dynamic range R of
    /// C1 = (K1·R)², C2 = (K2·R)².
    ///
    /// - Precondition: both sides at least 11 pixels, no gradient for the truth.
    package func ssimLoss(_ x: Variable, _ truth: Tensor, range: Float) -> Variable {
        let shape = x.value.shape
        precondition(shape == truth.shape && shape.c == 1, "two batches of single-channel images of the same shape")
        precondition(min(shape.h, shape.w) >= SSIMWindow.taps, "images smaller than the window")
        precondition(x.value.isContiguous && truth.isContiguous, "contiguous images only")
        let gradient = Tensor(shape)
        var losses = [Double](repeating: 0, count: shape.n)
        losses.withUnsafeMutableBufferPointer { losses in
            withPointers(to: x.value, truth, gradient) { x, truth, gradient in
                Parallel.forEach(shape.n) { image in
                    let gradient = gradient.row(image * shape.pixels)
                    let similarity = SSIMWindow.similarity(
                        truth.row(image * shape.pixels), x.row(image * shape.pixels), height: shape.h, width: shape.w,
                        range: range, gradient: gradient)
                    losses[image] = -Elementary.log((1 + similarity) / 2)
                    let factor = Float(-1 / (1 + similarity))
                    for pixel in 0..<shape.pixels { gradient[pixel] *= factor }
                }
            }
        }
        return scalar(losses.reduce(0, +) / Double(shape.n), from: x) { upstream in
            let dx = Tensor(shape, filledWith: 0)
            withPointers(to: gradient, dx) { gradient, dx in
                ck_axpy(upstream / Float(shape.n), gradient.pointer, 0, dx.pointer, 0, 1, Int64(shape.count))
            }
            x.receive(dx)
        }
    }
}

enum SSIMWindow {
    static let taps = 11

    /// Gaussian of σ 1.5, normalised to sum 1.
    static let kernel: [Float] = {
        let values = (-5...5).map { Elementary.exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
        let sum = values.reduce(0, +)
        return values.map { Float($0 / sum) }
    }()

    /// Mean SSIM of two images and its gradient with respect to y.
    static func similarity(
        _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, height: Int, width: Int, range: Float,
        gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        let (pixels, inner) = (height * width, (height - taps + 1) * (width - taps + 1))
        let scratch = Buffer(count: pixels)
        let product = Buffer(count: pixels)
        func filtered(_ value: (Int) -> Float) -> Buffer {
            let result = Buffer(count: inner)
            withPointers(to: product, scratch, result) { product, scratch, result in
                for index in 0..<pixels { product[index] = value(index) }
                ck_filter_valid(product, Int64(height), Int64(width), kernel, Int64(taps), scratch, result)
            }
            return result
        }
        let (mx, my) = (filtered { x[$0] }, filtered { y[$0] })
        let xx = filtered { x[$0] * x[$0] }
        let yy = filtered { y[$0] * y[$0] }
        let xy = filtered { x[$0] * y[$0] }
        let (c1, c2) = (0.01 * 0.01 * range * range, 0.03 * 0.03 * range * range)
        var total = 0.0
        // From here on my, yy and xy hold dSSIM/dE[y], dSSIM/dE[y²] and dSSIM/dE[xy], each divided by the number of
        // positions.
        let share = 1 / Float(inner)
        withPointers(to: mx, my, xx, yy, xy) { mx, my, xx, yy, xy in
            for p in 0..<inner {
                let (ux, uy) = (mx[p], my[p])
                let a1 = 2 * ux * uy + c1
                let a2 = 2 * (xy[p] - ux * uy) + c2
                let b1 = ux * ux + uy * uy + c1
                let b2 = (xx[p] - ux * ux) + (yy[p] - uy * uy) + c2
                let denominator = 1 / (b1 * b2)
                let s = a1 * a2 * denominator
                total += Double(s)
                let dmean = 2 * ux * (a2 - a1) * denominator - 2 * uy * s / b1 + 2 * uy * s / b2
                my[p] = dmean * share
                yy[p] = -s / b2 * share
                xy[p] = 2 * a1 * denominator * share
            }
        }
        func spread(_ map: Buffer, _ add: (Int, Float) -> Void) {
            withPointers(to: map, scratch, product) { map, scratch, product in
                ck_filter_valid_transposed(map, Int64(height), Int64(width), kernel, Int64(taps), scratch, product)
                for index in 0..<pixels { add(index, product[index]) }
            }
        }
        spread(my) { gradient[$0] = $1 }
        spread(yy) { gradient[$0] += 2 * y[$0] * $1 }
        spread(xy) { gradient[$0] += x[$0] * $1 }
        return total / Double(inner)
    }
}
