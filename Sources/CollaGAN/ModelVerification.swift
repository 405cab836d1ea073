import Foundation
import NeuralNet
import Tensors

/// Outcome of comparing this implementation with golden tensors made elsewhere (method.md §9); relative L2 errors.
package struct VerificationResult: Sendable, Codable, Equatable {
    /// True when every error is below its limit.
    package var passed: Bool
    /// ‖imputed − golden‖ ÷ ‖golden‖; limit 1e-4.
    package var forward: Double
    /// Largest error of source map, domain logits and discriminator loss; limit 1e-4.
    package var discriminator: Double
    /// |L1 after two Adam steps − golden|; limit 1e-4.
    package var adamLoss: Double
    /// Per weight, `generator.…` and `discriminator.…`; limit 1e-3. A bias in front of an instance norm has no gradient
    /// in exact arithmetic: its largest absolute gradient ÷ the largest gradient of all, limit 1e-6, is reported
    /// instead.
    package var gradients: [String: Double]
    /// Names of what is beyond its limit.
    package var failures: [String]
}

/// Compares generator, discriminator and Adam with a golden case.
package enum ModelVerification {
    private static let limits = (value: 1e-4, gradient: 1e-3, zeroGradient: 1e-6)

    /// Runs the golden case with these weights.
    ///
    /// - Throws: `ModelError` when a file cannot be used; a difference is not an error but a result.
    package static func verify(weights: String, case path: String) throws(ModelError) -> VerificationResult {
        let weightFile = try Safetensors.read(weights)
        let golden = try Safetensors.read(path)
        func tensor(_ name: String) throws(ModelError) -> Safetensors.Entry {
            guard let entry = golden.tensors[name] else {
                throw ModelError(.mismatch, path, "has no tensor '\(name)'; it is not a golden case")
            }
            return entry
        }
        let images = try tensor("images")
        guard images.shape.count == 4, images.shape[2] % 16 == 0, images.shape[3] % 16 == 0,
            min(images.shape[2], images.shape[3]) >= Discriminator.smallestCrop
        else {
            throw ModelError(
                .mismatch, path,
                "images have shape \(images.shape); N×C×H×W with sides that are multiples of 16 are needed")
        }
        let (samples, contrasts) = (images.shape[0], images.shape[1])
        let (height, width) = (images.shape[2], images.shape[3])
        let targets = try tensor("target_index").values.compactMap { Int(exactly: $0) }
        guard samples > 0, targets.count == samples, targets.allSatisfy({ (0..<contrasts).contains($0) }) else {
            throw ModelError(.mismatch, path, "target_index does not fit the images; it is not a golden case")
        }
        let description = try ModelDescription(metadata: weightFile.metadata, path: weights)
        guard description.method == .collagan else {
            throw ModelError(
                .mismatch, weights,
                "is of method \(description.method.rawValue); golden cases are of collagan's networks only")
        }
        guard contrasts == description.contrasts.count else {
            throw ModelError(
                .mismatch, path, "has \(contrasts) contrasts, not the \(description.contrasts.count) of \(weights)")
        }

        let pixels = height * width
        func plane(_ sample: Int, _ contrast: Int) -> [Float] {
            let first = (sample * contrasts + contrast) * pixels
            return Array(images.values[first..<first + pixels])
        }
        let shape = Shape(samples, height, width, 1)
        let inputs = (0..<contrasts).map { contrast in
            Variable(
                Tensor(
                    shape,
                    (0..<samples).flatMap { sample in
                        targets[sample] == contrast ? [Float](repeating: 0, count: pixels) : plane(sample, contrast)
                    }))
        }
        let truth = Tensor(shape, (0..<samples).flatMap { plane($0, targets[$0]) })

        let generator = try Generator(
            for: weightFile, ngf: description.ngf, contrasts: contrasts, encoderWidth: description.encoderWidth,
            emptyEncoders: description.emptyEncoders.count, path: weights)
        try weightFile.load(into: generator.parameters, path: weights)
        let discriminator = Discriminator(contrasts: contrasts, crop: (height, width))
        try weightFile.load(into: discriminator.parameters, path: weights)
        let adam = Adam(generator.parameters, beta1: 0.5, beta2: 0.999, epsilon: 1e-8)
        var errors: [String: Double] = [:]
        var forward = 0.0
        for step in 0..<2 {
            let tape = Tape()
            let imputed = generator(inputs, targets: targets, tape)
            let loss = tape.meanAbsoluteError(imputed, truth)
            tape.backward(from: loss)
            if step == 0 {
                forward = max(
                    relative(imputed.value.array(), try tensor("imputed").values),
                    relative([loss.value.item], try tensor("l1").values))
                errors = try gradientErrors(generator.parameters, golden: tensor)
            }
            adam.update(rate: 1e-3)
        }
        let tape = Tape(recording: false)
        let after = tape.meanAbsoluteError(generator(inputs, targets: targets, tape), truth).value.item
        let adamLoss = abs(Double(after) - Double(try tensor("l1_after_two_adam_steps").values.first ?? .nan))

        let judged = Tape()
        var noDropout: SeededGenerator?
        let verdict = discriminator(Variable(truth), dropout: &noDropout, judged)
        let loss = judged.weightedSum([
            (1, judged.meanSquaredError(verdict.source, from: 1)),
            (1, judged.crossEntropy(verdict.domain, classes: targets)),
        ])
        let discriminatorError = max(
            relative(verdict.source.value.array(), try tensor("source_map").values),
            relative(verdict.domain.value.array(), try tensor("domain_logits").values),
            relative([loss.value.item], try tensor("d_loss").values))
        judged.backward(from: loss)
        errors.merge(try gradientErrors(discriminator.parameters, golden: tensor)) { $1 }

        var failures = errors.filter { name, error in
            !(error < (isBeforeNorm(name) ? limits.zeroGradient : limits.gradient))
        }.map(\.key).sorted()
        for (name, error) in [("forward", forward), ("discriminator", discriminatorError), ("adamLoss", adamLoss)]
        where !(error < limits.value) { failures.append(name) }
        return VerificationResult(
            passed: failures.isEmpty, forward: forward, discriminator: discriminatorError, adamLoss: adamLoss,
            gradients: errors, failures: failures)
    }

    private static func gradientErrors(
        _ parameters: [Parameter], golden: (String) throws(ModelError) -> Safetensors.Entry
    ) throws(ModelError) -> [String: Double] {
        var computed: [String: [Float]] = [:]
        var largest = 0.0
        for parameter in parameters {
            let gradient = parameter.gradient ?? Tensor(parameter.values.shape, filledWith: 0)
            let values = parameter.fileValues(of: gradient)
            computed[parameter.name] = values
            largest = max(largest, values.reduce(0) { max($0, abs(Double($1))) })
        }
        var errors: [String: Double] = [:]
        for (name, values) in computed {
            let expected = try golden("grad.\(name)").values
            errors[name] =
                isBeforeNorm(name)
                ? values.reduce(0) { max($0, abs(Double($1))) } / largest : relative(values, expected)
        }
        return errors
    }

    /// Biases of the convolutions that an instance norm follows.
    private static func isBeforeNorm(_ name: String) -> Bool {
        name.hasPrefix("generator.") && (name.hasSuffix(".conv1.bias") || name.hasSuffix(".conv2.bias"))
    }

    private static func relative(_ values: [Float], _ golden: [Float]) -> Double {
        guard values.count == golden.count else { return .infinity }
        var (difference, norm) = (0.0, 0.0)
        for (a, b) in zip(values, golden) {
            difference += (Double(a) - Double(b)) * (Double(a) - Double(b))
            norm += Double(b) * Double(b)
        }
        if norm == 0 { return difference == 0 ? 0 : .infinity }
        return (difference / norm).squareRoot()
    }
}
