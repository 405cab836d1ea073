import Foundation
import Metrics
import TestSupport
import Testing

/// The SSIM map against a naive one that looks at every window by itself.
@Suite struct StructuralSimilarityTests {
    /// Height and width, and the box of rows and columns outside which both images are 0.
    @Test(arguments: [
        (SIMD2(11, 11), 0..<11, 0..<11), (SIMD2(40, 33), 0..<40, 0..<33), (SIMD2(40, 33), 17..<23, 12..<20),
        (SIMD2(30, 50), 0..<1, 49..<50), (SIMD2(30, 50), 29..<30, 0..<1), (SIMD2(26, 64), 3..<26, 0..<40),
        (SIMD2(20, 20), 9..<9, 0..<0),
    ])
    func equalsTheNaiveMap(_ size: SIMD2<Int>, _ rows: Range<Int>, _ columns: Range<Int>) {
        var generator = SplitMix64(seed: UInt64(size.x * 100 + rows.count))
        var images = [generator.image(size.x * size.y), generator.image(size.x * size.y)]
        for at in images[0].indices where !rows.contains(at / size.y) || !columns.contains(at % size.y) {
            (images[0][at], images[1][at]) = (0, 0)
        }
        // One image may be empty where the other is not.
        for at in images[0].indices where at % size.y < columns.lowerBound + 3 { images[1][at] = 0 }
        let map = StructuralSimilarity.map(
            images[0][...], images[1][...], height: size.x, width: size.y, range: 1.5)
        let swapped = StructuralSimilarity.map(
            images[1][...], images[0][...], height: size.x, width: size.y, range: 1.5)
        #expect(map.count == (size.x - 10) * (size.y - 10))
        for (pixel, value) in map.enumerated() {
            let corner = (row: pixel / (size.y - 10), column: pixel % (size.y - 10))
            #expect(abs(value - Self.naive(images, corner, width: size.y, range: 1.5)) < 1e-9)
        }
        #expect(map == swapped)
    }

    private static func naive(
        _ images: [[Float]], _ corner: (row: Int, column: Int), width: Int, range: Double
    ) -> Double {
        var (total, sums) = (0.0, [Double](repeating: 0, count: 5))
        for row in 0..<11 {
            for column in 0..<11 {
                let distance = Double((row - 5) * (row - 5) + (column - 5) * (column - 5))
                let weight = exp(-distance / (2 * 1.5 * 1.5))
                let at = (corner.row + row) * width + corner.column + column
                let (x, y) = (Double(images[0][at]), Double(images[1][at]))
                total += weight
                for (index, value) in [x, y, x * x, y * y, x * y].enumerated() { sums[index] += weight * value }
            }
        }
        sums = sums.map { $0 / total }
        let (c1, c2) = (pow(0.01 * range, 2), pow(0.03 * range, 2))
        let variances = sums[2] - sums[0] * sums[0] + sums[3] - sums[1] * sums[1]
        let likeness = (2 * sums[0] * sums[1] + c1) * (2 * (sums[4] - sums[0] * sums[1]) + c2)
        return likeness / ((sums[0] * sums[0] + sums[1] * sums[1] + c1) * (variances + c2))
    }
}
