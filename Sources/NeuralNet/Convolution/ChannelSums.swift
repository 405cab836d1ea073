import CKernels
import Tensors

/// Sums over rows, one per channel, in float64: bands of rows side by side, added in band order.
enum ChannelSums {
    /// `body` writes the sums over a band of rows.
    static func over(
        rows: Int, channels: Int, _ body: (_ rows: Range<Int>, _ sums: UnsafeMutablePointer<Double>) -> Void
    ) -> [Double] {
        let band = max(rowsPerChunk(channels), (rows + 31) / 32)
        let bands = (rows + band - 1) / band
        var partial = [Double](repeating: 0, count: bands * channels)
        partial.withUnsafeMutableBufferPointer { partial in
            nonisolated(unsafe) let base = partial.baseAddress!
            Parallel.forEach(bands) { index in
                body(index * band..<min(rows, (index + 1) * band), base + index * channels)
            }
        }
        var total = [Double](repeating: 0, count: channels)
        for index in 0..<bands {
            for channel in 0..<channels { total[channel] += partial[index * channels + channel] }
        }
        return total
    }

    /// Over one image of x, each value times that of `factors` where given.
    static func over(_ x: Variable, _ image: Int, times factors: Tensor? = nil) -> [Double] {
        let shape = x.shape
        return withPointers(to: x.raw, x.activation, factors) { x, activation, factors in
            let (x, factors) = (x.image(image), factors?.image(image))
            return over(rows: shape.pixels, channels: shape.c) { rows, sums in
                let (from, count) = (x.row(rows.lowerBound), Int64(rows.count))
                let (other, stride) = (factors?.row(rows.lowerBound), factors?.stride64 ?? 0)
                activation.withKernel(image) {
                    if let activation = $0 {
                        ck_activated_sums(from, x.stride64, activation, other, stride, count, Int64(shape.c), sums)
                    } else if let other {
                        ck_dot_rows(from, x.stride64, other, stride, count, Int64(shape.c), sums)
                    } else {
                        ck_sum_rows(from, x.stride64, count, Int64(shape.c), sums)
                    }
                }
            }
        }
    }
}
