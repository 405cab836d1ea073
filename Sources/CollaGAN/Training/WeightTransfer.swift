import Metrics
import NeuralNet
import Tensors

/// Takes a model's weights over into a generator for other contrasts, by their names (docs/explanation/training.md).
struct WeightTransfer {
    private let source: Generator
    /// For each contrast, its index in the model; nil for a new one.
    private let places: [Int?]

    /// - Parameter contrasts: names, in the order of the new generator's inputs.
    init(from model: CollaGANModel, to contrasts: [String]) {
        source = model.makeGenerator()
        places = contrasts.map { model.description.contrasts.firstIndex(of: $0) }
    }

    /// Sets all weights but the encoders of new contrasts, which stay as they are.
    ///
    /// What reads a new contrast's features, its mask plane and its place in the one-hot vector starts from zero, so
    /// that the other contrasts are synthesised as before.
    ///
    /// - Parameters:
    ///   - skip: whether the regression branch is the model's or that of `regressions`; of new contrasts it is always
    ///     the latter.
    ///   - regressions: fitted on the training patients.
    /// - Precondition: a generator as wide as the model's, with a regression branch if that has one.
    func start(_ generator: Generator, _ skip: TrainingConfiguration.Start.Choice, regressions: [QuadraticRegression]) {
        precondition(
            generator.ngf == source.ngf && generator.encoderWidth == source.encoderWidth
                && places.count == generator.contrasts, "the generator does not fit the model")
        let inputs = inputs(of: generator)
        let weights = Dictionary(uniqueKeysWithValues: source.parameters.map { ($0.name, $0) })
        for parameter in generator.parameters where parameter.name != Generator.regressionName {
            guard let name = sourceName(parameter.name) else { continue }
            guard let weight = weights[name] else { preconditionFailure("the model lacks \(name)") }
            if let inputs = inputs[parameter.name] {
                parameter.setInputs(inputs, from: weight)
            } else {
                withPointers(to: parameter.values, weight.values) { values, weight in
                    values.pointer.update(from: weight.pointer, count: parameter.count)
                }
            }
        }
        transferRegression(to: generator)
        let isRefitted = { (target: Int) in skip == .refit || places[target] == nil }
        generator.setRegression(from: regressions, targets: places.indices.filter(isRefitted))
    }

    /// Name in the model; nil for the encoder of a new contrast.
    private func sourceName(_ name: String) -> String? {
        for (contrast, place) in places.enumerated() where name.hasPrefix(Generator.encoderPrefix(contrast)) {
            return place.map { Generator.encoderPrefix($0) + name.dropFirst(Generator.encoderPrefix(contrast).count) }
        }
        return name
    }

    /// Where the inputs lie in the model, for the layers that see contrasts side by side, by their weights' names.
    private func inputs(of generator: Generator) -> [String: [Int?]] {
        /// A group of channels per contrast after `before` others, then `after` others.
        func groups(of width: Int, before: Int = 0, after: Int = 0) -> [Int?] {
            let own = places.flatMap { place in
                (0..<width).map { channel in place.map { before + $0 * width + channel } }
            }
            return (0..<before).map { $0 } + own + (0..<after).map { before + source.contrasts * width + $0 }
        }
        let (ngf, a) = (generator.ngf, generator.encoderWidth)
        var inputs = [generator.bottleneck.first.weight.name: groups(of: 16 * a)]
        for encoder in generator.encoders { inputs[encoder[0].first.weight.name] = groups(of: 1, before: 1) }
        for (depth, level) in generator.decoder.enumerated() {
            inputs[level.first.weight.name] = groups(of: a << depth, after: ngf << depth)
            if let attention = level.attention {
                inputs[attention.layers[0].weight.name] = groups(of: 1, after: ngf << depth)
            }
        }
        inputs[generator.bottleneck.attention.layers[0].weight.name] = groups(of: 1, after: 16 * ngf)
        return inputs
    }

    /// Rows and features of `generator.skip.weight` (method.md §10); those of new contrasts become zero.
    private func transferRegression(to generator: Generator) {
        guard let regression = generator.regression, let known = source.regression else { return }
        let (order, before) = (
            RegressionFeatures(contrasts: places.count), RegressionFeatures(contrasts: source.contrasts)
        )
        var features = [Int?](repeating: nil, count: order.count)
        features[order.brain] = before.brain
        for (i, place) in places.enumerated() {
            features[i] = place
            for (j, other) in places.enumerated().dropFirst(i) {
                guard let place, let other else { continue }
                features[order.product(i, j)] = before.product(min(place, other), max(place, other))
            }
        }
        withPointers(to: regression.values, known.values) { weights, known in
            for (feature, origin) in features.enumerated() {
                for (target, row) in places.enumerated() {
                    let value = origin.flatMap { origin in row.map { known.pointer[origin * source.contrasts + $0] } }
                    weights.pointer[feature * places.count + target] = value ?? 0
                }
            }
        }
    }
}
