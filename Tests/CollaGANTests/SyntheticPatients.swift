import CollaGAN
import ElementaryFunctions
import Foundation
import Preprocessing
import Tensors

/// Small patients whose contrasts depend on each other: two smooth fields inside an ellipse, four contrasts made from
/// them.
func syntheticPatient(
    _ name: String, seed: UInt64, slices: Int = 3, side: Int = 96, missing: Set<Int> = []
) -> TrainingPatient {
    TrainingPatient(name: name, stack: syntheticStack(seed: seed, slices: slices, side: side, missing: missing))
}

/// The slices of such a patient.
func syntheticStack(seed: UInt64, slices: Int = 3, side: Int = 96, missing: Set<Int> = []) -> SliceStack {
    var random = SeededGenerator(seed: seed)
    let phases = (0..<4).map { _ in random.uniform(0...6) }
    var images = Array(repeating: [Float](repeating: 0, count: slices * side * side), count: 4)
    var brain = [Bool](repeating: false, count: slices * side * side)
    for s in 0..<slices {
        for y in 0..<side {
            for x in 0..<side {
                let (u, v) = (Float(x) / Float(side) - 0.5, Float(y) / Float(side) - 0.5)
                guard u * u / 0.12 + v * v / 0.18 < 1 else { continue }
                let a = 0.5 + 0.3 * sine(9 * u + phases[0] + Float(s)) * cosine(7 * v + phases[1])
                let b = 0.5 + 0.3 * cosine(11 * v + phases[2]) * sine(5 * u + phases[3])
                let index = (s * side + y) * side + x
                brain[index] = true
                for (contrast, value) in [a, 0.6 * a + 0.3 * b, 1.1 - a, b].enumerated() {
                    images[contrast][index] = value
                }
            }
        }
    }
    let kept: [[Float]?] = images.enumerated().map { missing.contains($0.offset) ? nil : $0.element }
    return SliceStack(
        contrasts: ["T1", "T1Gd", "T2", "FLAIR"], slices: slices, height: side, width: side, images: kept,
        brain: brain, scales: kept.map { $0 == nil ? nil : 100 })
}

private func sine(_ x: Float) -> Float { Float(Elementary.sin(Double(x))) }
private func cosine(_ x: Float) -> Float { Float(Elementary.cos(Double(x))) }

/// A training that is over in a second: ngf 4, 96×96, every phase of the schedule.
func tinyConfiguration() -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.ngf = 4
    configuration.crop = ModelDescription.Crop(height: 96, width: 96)
    configuration.steps = 5
    configuration.classifierFirstSteps = 1
    configuration.reconstructionFirstSteps = 2
    configuration.weights.reconstruction = 10
    configuration.inputDropout = 0.5
    configuration.optimiser.rate = 1e-3
    configuration.averaging = 0.9
    configuration.augmentation = .strong
    configuration.checkpoints.every = 100
    return configuration
}

extension MethodName {
    /// All methods but CollaGAN.
    static let others = allCases.filter { $0 != .collagan }
    static let stargan = MethodName(rawValue: "stargan")!
    static let cyclegan = MethodName(rawValue: "cyclegan")!
    static let pix2pix = MethodName(rawValue: "pix2pix")!
}

/// A training by another method that is over in a second.
func tinyConfiguration(_ method: MethodName) -> TrainingConfiguration {
    var configuration = TrainingConfiguration(method)
    configuration.ngf = 4
    if method.kind.keys.contains(.ndf) { configuration.ndf = 2 }
    if method.kind.keys.contains(.blocks) { configuration.blocks = 1 }
    configuration.crop = ModelDescription.Crop(height: 96, width: 96)
    configuration.steps = 8
    if method.kind.keys.contains(.generatorEvery) { configuration.generatorEvery = 2 }
    if method.kind.keys.contains(.pool) { configuration.pool = 1 }
    configuration.optimiser.rate = 1e-3
    configuration.averaging = 0.9
    (configuration.checkpoints.every, configuration.checkpoints.keep) = (100, 3)
    (configuration.validation.every, configuration.validation.slices) = (4, 1)
    return configuration
}

func tinyDescription() -> ModelDescription {
    ModelDescription(
        name: "tiny", ngf: 4, contrasts: ["T1", "T1Gd", "T2", "FLAIR"],
        crop: ModelDescription.Crop(height: 96, width: 96),
        spacing: 1, normalisation: .mean, referenceScales: [100, 200, 300, 400], regressions: [],
        provenance: ["patients": "none"])
}
