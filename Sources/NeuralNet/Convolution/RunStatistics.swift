import Tensors

/// Sums over the runs of a convolution's output, taken while its tiles are in registers, and the mean and variance made
/// of them.
///
/// Each run sums differences from one of its own values, in float32 over 16 values and in float64 over those; runs are
/// merged in their order by Chan, Golub and LeVeque's formula (1983). So nearly constant features lose no digits.
final class RunStatistics {
    private let channels: Int
    private let shiftBuffer: Buffer
    private let sumBuffer: Buffer

    init(runs: Int, channels: Int) {
        self.channels = channels
        shiftBuffer = Buffer(count: runs * channels)
        sumBuffer = Buffer(count: runs * channels * 4)
    }

    /// Mean and biased variance of each channel over some runs' pixels.
    func moments(
        of runs: Range<Int>, pixels: (Int) -> Int, _ body: (_ channel: Int, _ mean: Double, _ variance: Double) -> Void
    ) {
        var means = [Double](repeating: 0, count: channels)
        var squared = [Double](repeating: 0, count: channels)
        var total = 0.0
        withPointers(to: self) { statistics in
            for run in runs {
                let count = Double(pixels(run))
                let shifts = statistics.shifts(run)
                let sums = statistics.sums(run)
                let squares = statistics.squares(run)
                let share = count / (total + count)
                let weight = total * count / (total + count)
                for channel in 0..<channels {
                    let offset = sums[channel] / count
                    let difference = Double(shifts[channel]) + offset - means[channel]
                    means[channel] += difference * share
                    squared[channel] += squares[channel] - sums[channel] * offset + difference * difference * weight
                }
                total += count
            }
        }
        for channel in 0..<channels { body(channel, means[channel], max(0, squared[channel] / total)) }
    }
}

extension RunStatistics: PointerAccess {
    /// Where a run's values lie, one per channel.
    struct Pointers {
        fileprivate let channels: Int
        fileprivate let floats: UnsafeMutablePointer<Float>
        fileprivate let doubles: UnsafeMutablePointer<Double>

        func shifts(_ run: Int) -> UnsafeMutablePointer<Float> { floats + run * channels }
        func sums(_ run: Int) -> UnsafeMutablePointer<Double> { doubles + 2 * run * channels }
        func squares(_ run: Int) -> UnsafeMutablePointer<Double> { doubles + (2 * run + 1) * channels }
    }

    func pointers(_ permit: borrowing PointerPermit) -> Pointers {
        let doubles = UnsafeMutableRawPointer(sumBuffer.pointers(permit)).assumingMemoryBound(to: Double.self)
        return Pointers(channels: channels, floats: shiftBuffer.pointers(permit), doubles: doubles)
    }
}
