/// Which place of an axis of `count` places the n-th of `samples` takes: ⌊(n + ½) · count ÷ samples⌋, rounded as PyTorch's interpolation
/// "nearest-exact" does in float32, whose choice decides where the exact value is whole.
package enum NearestSampling {
    package static func places(_ samples: Int, of count: Int) -> [Int] {
        let scale = Double(Float(count) / Float(samples))
        return (0..<samples).map { sample in
            // One rounding, as of a fused multiply-add; the product is exact in float64.
            let place = Float(max(0, (Double(sample) + 0.5) * scale - 0.5))
            return min(count - 1, Int((place + 0.5).rounded(.down)))
        }
    }
}
