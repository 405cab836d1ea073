/// Sums over the voxels of a region, from which its metrics follow.
struct RegionSums: Sendable {
    var voxels = 0
    var squaredTruth = 0.0
    var squaredError = 0.0
    var absoluteError = 0.0
    var similarity = 0.0
    var similarityPixels = 0

    mutating func add(truth: Float, imputed: Float) {
        let truth = Double(truth)
        let error = truth - Double(imputed)
        voxels += 1
        squaredTruth += truth * truth
        squaredError += error * error
        absoluteError += abs(error)
    }

    mutating func addSimilarity(_ value: Double) {
        similarity += value
        similarityPixels += 1
    }

    mutating func add(_ other: RegionSums) {
        voxels += other.voxels
        squaredTruth += other.squaredTruth
        squaredError += other.squaredError
        absoluteError += other.absoluteError
        similarity += other.similarity
        similarityPixels += other.similarityPixels
    }

    /// Σ(x−x̂)² ÷ Σx²
    var nmse: Double { squaredError / squaredTruth }
}
