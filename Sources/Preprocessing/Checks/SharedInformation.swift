import ElementaryFunctions

/// How much two coarse images tell of each other, and whether they would tell more were one of them moved.
///
/// Normalised mutual information (H(a) + H(b)) / H(a, b) − 1 (Studholme, Hill & Hawkes, Pattern Recognition 1999) of 32 × 32 bins,
/// each value shared out between the two nearest bins, over at most 12,000 places of the two bodies and their surroundings.
struct SharedInformation {
    /// A rigid movement: mm along and degrees about x, y and z, about the bodies' centre; mirrored before where a sign is −1.
    struct Movement: Equatable {
        var values = [Double](repeating: 0, count: 6)
        var mirror = SIMD3<Double>(1, 1, 1)

        var shift: SIMD3<Double> { SIMD3(values[0], values[1], values[2]) }
        /// Columns of the rotation matrix Rx · Ry · Rz.
        var rotation: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
            let angles = values[3...].map { $0 * .pi / 180 }
            let c = angles.map { Elementary.cos($0) }
            let s = angles.map { Elementary.sin($0) }
            return (
                SIMD3(c[1] * c[2], c[0] * s[2] + s[0] * s[1] * c[2], s[0] * s[2] - c[0] * s[1] * c[2]),
                SIMD3(-c[1] * s[2], c[0] * c[2] - s[0] * s[1] * s[2], s[0] * c[2] + c[0] * s[1] * s[2]),
                SIMD3(s[1], -s[0] * c[1], c[0] * c[1])
            )
        }

        func applied(to point: SIMD3<Double>) -> SIMD3<Double> {
            let (x, y, z) = rotation
            let mirrored = point * mirror
            return x * mirrored.x + y * mirrored.y + z * mirrored.z + shift
        }
    }

    private static let bins = 32
    private static let places = 12_000
    /// In mm and degrees, which move a head's surface about as far.
    private static let steps = [6.0, 3, 1.5, 0.75]
    private static let rounds = 4

    private let size: SIMD3<Int>
    private let spacing: SIMD3<Double>
    private let centre: SIMD3<Double>
    /// In mm from the centre.
    private let points: [SIMD3<Double>]
    /// Bins of the fixed image at the points.
    private let fixed: [Float]
    /// The moving image, in bins.
    private let moving: [Float]

    /// - Parameters:
    ///   - fixed: with its body, on one lattice with the other; 0 outside the body.
    ///   - places: where the two are compared.
    init(_ fixed: BodyImage, _ moving: BodyImage, at places: Region, spacing: SIMD3<Double>) {
        size = places.size
        self.spacing = spacing
        let inside = places.voxels.indices.filter { places.voxels[$0] }
        let size = size
        func millimetres(_ index: Int) -> SIMD3<Double> {
            SIMD3(
                Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y))) * spacing
        }
        let sum = inside.reduce(into: SIMD3<Double>(0, 0, 0)) { $0 += millimetres($1) }
        let centre = sum / Double(max(inside.count, 1))
        self.centre = centre
        let step = max(1, inside.count / Self.places)
        let chosen = stride(from: 0, to: inside.count, by: step).map { inside[$0] }
        points = chosen.map { millimetres($0) - centre }
        let top = Float(Self.bins - 1)
        self.fixed = chosen.map { fixed.values[$0] * top }
        self.moving = moving.values.map { $0 * top }
    }

    /// Of the images as they lie, or of the moving one moved.
    func value(_ movement: Movement = Movement()) -> Double {
        let bins = Self.bins
        var histogram = [Double](repeating: 0, count: bins * bins)
        let (x, y, z) = movement.rotation
        let offset = centre + movement.shift
        let mirror = movement.mirror
        histogram.withUnsafeMutableBufferPointer { histogram in
            for (point, own) in zip(points, fixed) {
                let p = point * mirror
                let other = sample((x * p.x + y * p.y + z * p.z + offset) / spacing)
                let low = min(Int(own), bins - 2)
                let otherLow = min(Int(other), bins - 2)
                let up = Double(own - Float(low))
                let otherUp = Double(other - Float(otherLow))
                let cell = low * bins + otherLow
                histogram[cell] += (1 - up) * (1 - otherUp)
                histogram[cell + 1] += (1 - up) * otherUp
                histogram[cell + bins] += up * (1 - otherUp)
                histogram[cell + bins + 1] += up * otherUp
            }
        }
        var rows = [Double](repeating: 0, count: bins)
        var columns = rows
        for row in 0..<bins {
            for column in 0..<bins {
                rows[row] += histogram[row * bins + column]
                columns[column] += histogram[row * bins + column]
            }
        }
        let joint = entropy(histogram)
        return joint > 0 ? (entropy(rows) + entropy(columns)) / joint - 1 : 0
    }

    /// The movement with the most shared information that small steps from a start lead to.
    func best(mirror: SIMD3<Double> = SIMD3(1, 1, 1)) -> (movement: Movement, value: Double) {
        var movement = Movement()
        movement.mirror = mirror
        var best = value(movement)
        for step in Self.steps {
            for _ in 0..<Self.rounds {
                var isBetter = false
                for parameter in 0..<6 {
                    for change in [step, -step] {
                        var tried = movement
                        tried.values[parameter] += change
                        let value = value(tried)
                        guard value > best + 1e-5 else { continue }
                        best = value
                        movement = tried
                        isBetter = true
                        break
                    }
                }
                guard isBetter else { break }
            }
        }
        return (movement, best)
    }

    /// How far a movement moves the places on average, in mm.
    func distance(_ movement: Movement) -> Double {
        let sum = points.reduce(0) { sum, point in
            let way = movement.applied(to: point) - point * movement.mirror
            return sum + (way * way).sum().squareRoot()
        }
        return sum / Double(max(points.count, 1))
    }

    private func entropy(_ weights: [Double]) -> Double {
        let total = weights.reduce(0, +)
        guard total > 0 else { return 0 }
        return -weights.reduce(0) { $1 > 0 ? $0 + $1 / total * Elementary.log($1 / total) : $0 }
    }

    /// Trilinear; 0 outside.
    @inline(__always)
    private func sample(_ place: SIMD3<Double>) -> Float {
        let base = place.rounded(.down)
        let weight = place - base
        guard base.x >= -1, base.y >= -1, base.z >= -1, base.x < Double(size.x), base.y < Double(size.y),
            base.z < Double(size.z)
        else { return 0 }
        let (i, j, k) = (Int(base.x), Int(base.y), Int(base.z))
        func voxel(_ i: Int, _ j: Int, _ k: Int) -> Double {
            i >= 0 && j >= 0 && k >= 0 && i < size.x && j < size.y && k < size.z
                ? Double(moving[i + size.x * (j + size.y * k)]) : 0
        }
        func row(_ j: Int, _ k: Int) -> Double {
            (1 - weight.x) * voxel(i, j, k) + weight.x * voxel(i + 1, j, k)
        }
        func plane(_ k: Int) -> Double { (1 - weight.y) * row(j, k) + weight.y * row(j + 1, k) }
        return Float((1 - weight.z) * plane(k) + weight.z * plane(k + 1))
    }
}

/// A coarse image of a body for comparison: 0 outside, its mean at 0.4, at most 1, slightly smoothed.
struct BodyImage {
    let body: Region
    let values: [Float]

    /// - Parameter values: on the body's lattice, ≥ 0.
    init(_ values: [Float], body: Region) {
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
