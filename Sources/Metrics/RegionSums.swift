/// Sums over the voxels of a region, from which its metrics follow: of the truth and of the imputed image times a gain.
struct RegionSums: Sendable {
    /// What the imputed image is multiplied by.
    let gain: Double
    var voxels = 0
    var squaredTruth = 0.0
    var squaredError = 0.0
    var absoluteError = 0.0
    var similarity = 0.0
    /// How many values `similarity` is the sum of.
    var similarityPixels = 0
    /// Energies above half Nyquist.
    var fineTruth = 0.0
    var fineImputed = 0.0
    var gradientDeviation = 0.0
    /// How many values `gradientDeviation` is the sum of.
    var gradientSlices = 0

    init(gain: Double = 1) { self.gain = gain }

    mutating func add(truth: Double, imputed: Double) {
        let error = truth - gain * imputed
        voxels += 1
        squaredTruth += truth * truth
        squaredError += error * error
        absoluteError += abs(error)
    }

    mutating func addSimilarity(_ value: Double) {
        similarity += value
        similarityPixels += 1
    }

    /// - Parameter energies: above half Nyquist, of the truth and of the imputed image as it is.
    mutating func addSharpness(_ energies: (truth: Double, imputed: Double), gradientDeviation deviation: Double) {
        fineTruth += energies.truth
        fineImputed += gain * gain * energies.imputed
        gradientDeviation += deviation
        gradientSlices += 1
    }

    mutating func add(_ other: RegionSums) {
        voxels += other.voxels
        squaredTruth += other.squaredTruth
        squaredError += other.squaredError
        absoluteError += other.absoluteError
        similarity += other.similarity
        similarityPixels += other.similarityPixels
        fineTruth += other.fineTruth
        fineImputed += other.fineImputed
        gradientDeviation += other.gradientDeviation
        gradientSlices += other.gradientSlices
    }

    /// Σ(x−x̂)² ÷ Σx²
    var nmse: Double { squaredError / squaredTruth }
}

/// The sums over a region for the imputed image as it is, and after the best gain.
struct RegionMeasures: Sendable {
    private(set) var asIs = RegionSums()
    private(set) var afterGain: RegionSums

    init(gain: Double) { afterGain = RegionSums(gain: gain) }

    subscript(version: Metric.Version) -> RegionSums {
        switch version {
        case .asIs: asIs
        case .afterGain: afterGain
        }
    }

    mutating func add(truth: Double, imputed: Double) {
        asIs.add(truth: truth, imputed: imputed)
        afterGain.add(truth: truth, imputed: imputed)
    }

    mutating func addSimilarity(asIs value: Double, afterGain gained: Double) {
        asIs.addSimilarity(value)
        afterGain.addSimilarity(gained)
    }

    /// Of a slice, after the gain alone.
    mutating func addSharpness(_ energies: (truth: Double, imputed: Double), gradientDeviation deviation: Double) {
        afterGain.addSharpness(energies, gradientDeviation: deviation)
    }

    mutating func add(_ other: RegionMeasures) {
        asIs.add(other.asIs)
        afterGain.add(other.afterGain)
    }
}
