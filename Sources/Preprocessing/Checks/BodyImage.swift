import ElementaryFunctions
import Volumes

/// A coarse image of a body for comparison: 0 outside, its mean at 0.4, at most 1, slightly smoothed.
struct BodyImage {
    let body: VoxelRegion
    let values: [Float]

    /// - Parameter values: on the body's lattice, ≥ 0.
    init(_ values: [Float], body: VoxelRegion) {
        self.body = body
        let inside = body.voxels.indices.filter { body.voxels[$0] }
        let mean = inside.reduce(0) { $0 + Double(values[$1]) } / Double(max(inside.count, 1))
        // In Double, so that no value a float can hold comes out as infinite or no number.
        let scale = mean.isNormal ? 0.4 / mean : 0
        let normalised = values.indices.map { body.voxels[$0] ? Float(min(Double(values[$0]) * scale, 1)) : 0 }
        self.values = Self.smoothed(normalised, body.size)
    }

    /// With a Gaussian of 0.7 voxels, cut off after two; what lies outside counts as 0.
    private static func smoothed(_ values: [Float], _ size: SIMD3<Int>) -> [Float] {
        let weights = [0, 1, 2].map { Float(Elementary.exp(-Double($0 * $0) / (2 * 0.49))) }
        let sum = weights[0] + 2 * weights[1] + 2 * weights[2]
        var values = values
        let steps = [1, size.x, size.x * size.y]
        for axis in 0..<3 {
            let source = values
            for index in source.indices {
                let place = index / steps[axis] % size[axis]
                var total = weights[0] * source[index]
                for offset in 1...2 {
                    if place >= offset { total += weights[offset] * source[index - offset * steps[axis]] }
                    if place + offset < size[axis] { total += weights[offset] * source[index + offset * steps[axis]] }
                }
                values[index] = total / sum
            }
        }
        return values
    }
}
