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
}
