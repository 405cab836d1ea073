import Metrics
import NeuralNet
import Tensors

/// Takes a model's weights over into a generator for other contrasts, by their names (docs/explanation/training.md).
struct WeightTransfer {
    private let source: Generator
    /// For each contrast, its index in the model; nil for a new one.
    private let places: [Int?]
    /// For each encoder, its index in the model; nil for that of a new contrast.
    private let encoders: [Int?]

    /// - Parameters:
    ///   - contrasts: names, in the order of the new generator's inputs.
    ///   - empty: names of the model's other encoders, which the new generator keeps.
    init(from source: Generator, of model: ModelDescription, to contrasts: [String], _ empty: [String]) {
        self.source = source
        places = contrasts.map { model.contrasts.firstIndex(of: $0) }
        encoders = (contrasts + empty).map { (model.contrasts + model.emptyEncoders).firstIndex(of: $0) }
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
                && places.count == generator.contrasts && encoders.count == generator.encoders.count,
            "the generator does not fit the model")
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
        for (encoder, place) in encoders.enumerated() where name.hasPrefix(Generator.encoderPrefix(encoder)) {
            return place.map { Generator.encoderPrefix($0) + name.dropFirst(Generator.encoderPrefix(encoder).count) }
        }
        return name
    }

    /// Where the inputs lie in the model, for the layers that see contrasts side by side, by their weights' names.
    private func inputs(of generator: Generator) -> [String: [Int?]] {
        /// One of each of `places` after `before` others, then `after` others.
        func planes(before: Int = 0, after: Int = 0) -> [Int?] {
            (0..<before).map { $0 } + places.map { place in place.map { before + $0 } }
                + (0..<after).map { before + source.contrasts + $0 }
        }
        /// A group of channels per encoder, then `after` others.
        func features(_ width: Int, after: Int = 0) -> [Int?] {
            encoders.flatMap { place in (0..<width).map { channel in place.map { $0 * width + channel } } }
                + (0..<after).map { source.encoders.count * width + $0 }
        }
        let (ngf, a) = (generator.ngf, generator.encoderWidth)
        var inputs = [generator.bottleneck.first.weight.name: features(16 * a)]
        for encoder in generator.encoders { inputs[encoder[0].first.weight.name] = planes(before: 1) }
        for (depth, level) in generator.decoder.enumerated() {
            inputs[level.first.weight.name] = features(a << depth, after: ngf << depth)
            if let attention = level.attention {
                inputs[attention.layers[0].weight.name] = planes(after: ngf << depth)
            }
        }
        inputs[generator.bottleneck.attention.layers[0].weight.name] = planes(after: 16 * ngf)
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
        let (rows, count) = (rows(of: generator), source.regressionRows?.count ?? 0)
        withPointers(to: regression.values, known.values) { weights, known in
            for (feature, origin) in features.enumerated() {
                for (row, place) in rows.enumerated() {
                    let value = origin.flatMap { origin in place.map { known.pointer[origin * count + $0] } }
                    weights.pointer[feature * rows.count + row] = value ?? 0
                }
            }
        }
    }

    /// For each row of the new regression, that of the model; nil for a new contrast's.
    ///
    /// New contrasts count for nothing in a set of inputs, so that the others are synthesised as before.
    private func rows(of generator: Generator) -> [Int?] {
        guard let new = generator.regressionRows, let old = source.regressionRows else { return [] }
        return (0..<new.count).map { row in
            let (set, target) = (row / new.contrasts, row % new.contrasts)
            return places[target].map { place in
                old.row(of: place, from: places.indices.filter { set & 1 << $0 != 0 }.compactMap { places[$0] })
            }
        }
    }
}
