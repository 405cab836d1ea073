import Tensors
import Volumes

/// Normalised mutual information of two images at one level, as a function of how the one lies to the other.
struct SharedInformation: Sendable {
    /// What an image is compared by: places near its head, with its value there.
    struct Places: Sendable {
        /// World in mm, and the value in bins.
        fileprivate let points: [SIMD4<Float>]

        var count: Int { points.count }

        /// - Parameters:
        ///   - image: at one level.
        ///   - grid: of the image before it was thinned.
        ///   - spacing: of the places, mm; no finer than the voxels.
        ///   - body: the head, in voxels of `bodyGrid`.
        ///   - most: beyond so many, a sample of them.
        ///   - isWanted: of places in the world; nil for all.
        init(
            _ image: LevelImage, grid: Grid, spacing: Double, body: BrightBody, bodyGrid: Grid, most: Int, seed: UInt64,
            isWanted: ((SIMD3<Double>) -> Bool)?
        ) {
            var generator = SeededGenerator(seed: seed)
            let side = grid.spacing
            let step = (spacing / side).clamped(lowerBound: .one, upperBound: SIMD3(repeating: .infinity))
            let last = SIMD3<Double>(grid.size) - 1
            guard let toVoxel = grid.affine.inverse() else { preconditionFailure("an affine without inverse") }
            let low = toVoxel.world(bodyGrid.affine.world(body.box.low)) - Self.margin / side
            let high = toVoxel.world(bodyGrid.affine.world(body.box.high)) + Self.margin / side
            let sampler = LevelSampler(image)
            var found: [SIMD4<Float>] = []
            var voxel = SIMD3<Double>.zero
            for k in stride(from: 0, through: last.z, by: step.z) {
                for j in stride(from: 0, through: last.y, by: step.y) {
                    for i in stride(from: 0, through: last.x, by: step.x) {
                        voxel = SIMD3(i, j, k)
                        for axis in 0..<3 where last[axis] > 0 { voxel[axis] += Double(generator.uniform()) }
                        guard all(voxel .>= low), all(voxel .<= high), all(voxel .<= last) else { continue }
                        let place = grid.affine.world(voxel)
                        guard isWanted?(place) ?? true else { continue }
                        guard let value = sampler.value(at: image.toVoxel.world(place)) else { continue }
                        found.append(SIMD4(SIMD3<Float>(place), value))
                    }
                }
            }
            points = Self.sample(found, most, &generator)
        }

        /// Voxels of an image, and their values there.
        init(_ image: LevelImage, voxels: [SIMD3<Double>]) {
            let sampler = LevelSampler(image)
            points = voxels.compactMap { voxel in
                sampler.value(at: voxel).map { SIMD4(SIMD3<Float>(image.grid.affine.world(voxel)), $0) }
            }
        }

        /// mm around the head.
        private static let margin = 12.0

        private static func sample(
            _ places: [SIMD4<Float>], _ most: Int, _ generator: inout SeededGenerator
        ) -> [SIMD4<Float>] {
            guard places.count > most else { return places }
            var order = Array(places.indices)
            for index in 0..<most {
                order.swapAt(index, index + generator.index(below: places.count - index))
            }
            return order[..<most].sorted().map { places[$0] }
        }
    }

    /// Places that are counted in one go. The largest number of places times what one counts fits into 32 bits.
    private static let chunk = 8192
    static let mostPlaces = 1 << 19
    /// Share of the places below which two images that hardly meet tell nothing.
    private static let leastOverlap = 0.2

    private let places: Places
    private let moving: LevelSampler

    init(_ places: Places, _ moving: LevelImage) {
        precondition(places.count <= Self.mostPlaces, "too many places for the histogram's counts")
        self.places = places
        self.moving = LevelSampler(moving)
    }

    /// The information, smoothed by `deviation` bins, where a place of the fixed image lies at `map` of it in the other.
    func value(_ map: Affine, smoothedBy deviation: Double) -> Double { evaluated(map, deviation).value }

    /// Share of the fixed image's places that lie inside of the other one.
    func overlap(_ map: Affine) -> Double { evaluated(map, 1).overlap }

    private func evaluated(_ map: Affine, _ deviation: Double) -> (value: Double, overlap: Double) {
        let toVoxel = moving.image.toVoxel.after(map)
        let count = (places.count + Self.chunk - 1) / Self.chunk
        let parts = Locked((histogram: JointHistogram(), inside: 0))
        Parallel.forEach(count) { part in
            var histogram = JointHistogram()
            let range = part * Self.chunk..<min(places.count, (part + 1) * Self.chunk)
            let inside = moving.count(places.points[range], toVoxel, into: &histogram)
            // Whole numbers: the order does not matter.
            parts.withLock { parts in
                parts.histogram.add(histogram)
                parts.inside += inside
            }
        }
        let (histogram, inside) = parts.withLock { $0 }
        let overlap = places.count > 0 ? Double(inside) / Double(places.count) : 0
        guard overlap >= Self.leastOverlap else { return (1, overlap) }
        return (histogram.information(smoothedBy: deviation), overlap)
    }
}

/// Reads a level's image between its voxels, linearly.
struct LevelSampler: Sendable {
    let image: LevelImage
    private let last: SIMD3<Float>
    /// Voxels in a row, and in a slice.
    private let row: Int
    private let slice: Int

    init(_ image: LevelImage) {
        self.image = image
        last = SIMD3<Float>(image.grid.size &- 1)
        row = image.grid.size.x
        slice = row * image.grid.size.y
    }

    /// nil outside of the outermost voxels' centres.
    func value(at voxel: SIMD3<Double>) -> Float? {
        image.values.withUnsafeBufferPointer { value($0, at: SIMD3<Float>(voxel)) }
    }

    /// Counts the pairs of values of `places`; how many lie inside.
    func count(_ places: ArraySlice<SIMD4<Float>>, _ toVoxel: Affine, into histogram: inout JointHistogram) -> Int {
        let (x, y, z) = (SIMD3<Float>(toVoxel.i), SIMD3<Float>(toVoxel.j), SIMD3<Float>(toVoxel.k))
        let origin = SIMD3<Float>(toVoxel.origin)
        var inside = 0
        histogram.withCounts { counts in
            image.values.withUnsafeBufferPointer { values in
                places.withUnsafeBufferPointer { places in
                    for place in places {
                        let voxel = origin + x * place.x + y * place.y + z * place.z
                        guard let value = value(values, at: voxel) else { continue }
                        let bin = min(Int(value), JointHistogram.bins - 2)
                        let upper = UInt32((value - Float(bin)) * Float(JointHistogram.oneCount))
                        let pair = Int(place.w) * JointHistogram.bins + bin
                        counts[pair] &+= JointHistogram.oneCount - upper
                        counts[pair + 1] &+= upper
                        inside += 1
                    }
                }
            }
        }
        return inside
    }

    @inline(__always)
    private func value(_ values: UnsafeBufferPointer<Float>, at voxel: SIMD3<Float>) -> Float? {
        // False for NaN, so the conversion below is safe.
        guard all(voxel .>= 0), all(voxel .<= last) else { return nil }
        // One by one: converting whole vectors is a slow call.
        let (i, j, k) = (Int(voxel.x), Int(voxel.y), Int(voxel.z))
        let weight = voxel - SIMD3(Float(i), Float(j), Float(k))
        let base = i + j * row + k * slice
        // At the last centre nothing further on is read.
        let right = weight.x == 0 ? 0 : 1
        let front = weight.y == 0 ? 0 : row
        let above = weight.z == 0 ? 0 : slice
        @inline(__always) func along(_ index: Int) -> Float {
            values[index] + (values[index + right] - values[index]) * weight.x
        }
        let (a, b) = (along(base), along(base + front))
        let (c, d) = (along(base + above), along(base + above + front))
        let (low, high) = (a + (b - a) * weight.y, c + (d - c) * weight.y)
        return low + (high - low) * weight.z
    }
}
