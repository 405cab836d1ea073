import Foundation
import NeuralNet

extension TrainingConfiguration {
    /// Checks that the values make sense together, before any work.
    ///
    /// - Throws: `ModelError.Code.configuration` naming the first key that does not.
    package func validate() throws(ModelError) {
        try precision.requireUnit()
        func refuse(_ key: String, _ why: String) -> ModelError { ModelError(.configuration, "", "\(key): \(why)") }
        let n = contrasts.count
        guard (2...8).contains(n), Set(contrasts).count == n,
            contrasts.allSatisfy({ !$0.isEmpty && !$0.contains(",") })
        else { throw refuse("contrasts", "2 to 8 different names are needed") }
        try method.kind.validate(self)
        guard [crop.height, crop.width].allSatisfy({ $0 >= Self.smallestCrop && $0 <= 1024 && $0 % 16 == 0 })
        else {
            throw refuse("crop", "\(crop.height)×\(crop.width): both sides must be multiples of 16 from 96 to 1024")
        }
        guard spacing.isFinite, spacing > 0.05, spacing < 20 else {
            throw refuse("spacing", "must be a pixel size in mm")
        }
        guard [steps, classifierFirstSteps, reconstructionFirstSteps].allSatisfy({ $0 <= 1_000_000_000 }) else {
            throw refuse("steps, classifierFirstSteps, reconstructionFirstSteps", "must be at most 1000000000")
        }
        guard steps > 0, batch > 0, batch <= 256, classifierFirstSteps >= 0, reconstructionFirstSteps >= 0 else {
            throw refuse("steps, batch", "must be positive")
        }
        guard checkpoints.every > 0, (1...1000).contains(checkpoints.keep) else {
            throw refuse("checkpoints", "every must be positive, keep from 1 to 1000")
        }
        guard validation.every > 0, validation.slices > 0 else {
            throw refuse("validation", "every and slices must be positive")
        }
        guard (0...1).contains(inputDropout), (0..<1).contains(averaging), (0..<1).contains(smallestBrain) else {
            throw refuse("inputDropout, averaging, smallestBrain", "must lie between 0 and 1")
        }
        let all = Weights.terms.filter { method.kind.weights.contains($0.key) }.map { weights[keyPath: $0.path] }
        guard all.allSatisfy({ $0.isFinite && $0 >= 0 }), all.contains(where: { $0 > 0 }) else {
            throw refuse("weights", "must not be negative, and one must be positive")
        }
        if sampling.by == .site {
            guard let site = sampling.site, (try? Regex(site)) != nil else {
                throw refuse("sampling.site", "a regular expression that finds the site in a patient's name is needed")
            }
        }
        guard optimiser.rate.isFinite, optimiser.rate > 0, (0..<1).contains(optimiser.beta1),
            (0..<1).contains(optimiser.beta2), optimiser.every > 0, optimiser.factor > 0, optimiser.factor <= 1
        else {
            throw refuse("optimiser", "rate and every must be positive, beta1 and beta2 in 0 ..< 1, factor in 0 … 1")
        }
    }

    /// Checks that keys that somebody set mean something to the method.
    ///
    /// - Parameter weights: those of `weights`.
    /// - Throws: `ModelError.Code.configuration` naming the first that does not, and those that do.
    package func requireKeys(_ given: Set<CodingKeys>, weights: Set<Weights.CodingKeys>) throws(ModelError) {
        let foreign =
            given.subtracting(Self.commonKeys.union(method.kind.keys)).map(\.rawValue)
            + weights.subtracting(method.kind.weights).map { "weights.\($0.rawValue)" }
        guard let key = foreign.min() else { return }
        let own = method.kind.keys.map(\.rawValue) + method.kind.weights.map { "weights.\($0.rawValue)" }
        throw ModelError(
            .configuration, "",
            "\(key): means nothing to method \(method.rawValue), whose own keys are"
                + " \(own.sorted().joined(separator: ", ")); leave it out")
    }
}
