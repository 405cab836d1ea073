import Volumes

/// The largest connected region in which two images of one contrast differ much more than in the rest of the brain.
///
/// e = mean of |truth − other| over the square of about 5 mm in plane around a pixel, brain pixels only. A region is a set of pixels, connected by
/// faces, with e above `floor` and above `factor` times the mean of e over the brain.
struct LocalDisagreement: Sendable {
    /// In the metrics' unit.
    static let floor = 0.25
    static let factor = 3.0
    /// Half the side of the square, in mm.
    private static let reach = 2.5

    /// In mm³; 0 where the images agree everywhere.
    let volume: Double
    /// Centre of the region in mm of the patient's world.
    let centre: SIMD3<Double>

    /// - Parameters:
    ///   - brain: true inside the brain.
    ///   - grid: of all three.
    init(_ truth: [Float], _ other: [Float], brain: [Bool], grid: Grid) {
        let errors = Self.smoothed(truth, other: other, brain: brain, grid: grid)
        let mean = errors.reduce(0) { $0 + Double($1) } / Double(max(brain.count { $0 }, 1))
        let limit = Float(max(Self.floor, Self.factor * mean))
        let above = errors.map { $0 > limit }
        let region = VoxelRegion(grid.size, above).largestComponent().map { Int($0) }
        let spacing = grid.spacing
        volume = Double(region.count) * spacing.x * spacing.y * spacing.z
        let (width, height) = (grid.size.x, grid.size.y)
        var sum = SIMD3<Double>.zero
        for pixel in region {
            sum += SIMD3(Double(pixel % width), Double(pixel / width % height), Double(pixel / (width * height)))
        }
        centre = grid.affine.world(region.isEmpty ? .zero : sum / Double(region.count))
    }

    private static func smoothed(_ truth: [Float], other: [Float], brain: [Bool], grid: Grid) -> [Float] {
        let (width, height) = (grid.size.x, grid.size.y)
        let reach = SIMD2(Int((Self.reach / grid.spacing.x).rounded()), Int((Self.reach / grid.spacing.y).rounded()))
        var result = [Float](repeating: 0, count: truth.count)
        // Sums over everything above and left of a pixel, of errors and of brain pixels.
        var (errors, pixels) = ([Double](), [Int]())
        for start in stride(from: 0, to: truth.count, by: width * height) {
            errors = Array(repeating: 0, count: (width + 1) * (height + 1))
            pixels = Array(repeating: 0, count: (width + 1) * (height + 1))
            for y in 0..<height {
                var (error, count) = (0.0, 0)
                for x in 0..<width {
                    let pixel = start + y * width + x
                    if brain[pixel] {
                        error += Double(abs(truth[pixel] - other[pixel]))
                        count += 1
                    }
                    let here = (y + 1) * (width + 1) + x + 1
                    errors[here] = errors[here - width - 1] + error
                    pixels[here] = pixels[here - width - 1] + count
                }
            }
            for y in 0..<height {
                let (top, bottom) = (max(y - reach.y, 0) * (width + 1), min(y + reach.y + 1, height) * (width + 1))
                for x in 0..<width where brain[start + y * width + x] {
                    let (left, right) = (max(x - reach.x, 0), min(x + reach.x + 1, width))
                    let count =
                        pixels[bottom + right] - pixels[bottom + left] - pixels[top + right] + pixels[top + left]
                    let sum = errors[bottom + right] - errors[bottom + left] - errors[top + right] + errors[top + left]
                    result[start + y * width + x] = Float(sum / Double(max(count, 1)))
                }
            }
        }
        return result
    }
}
