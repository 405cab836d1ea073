extension TrainingConfiguration {
    /// Keys that mean something to every method.
    package static let commonKeys: Set<CodingKeys> = [
        .name, .method, .ngf, .contrasts, .crop, .spacing, .normalisation, .steps, .batch, .precision, .seed,
        .testTimeFlip, .weights, .optimiser, .averaging, .augmentation, .inputVariation, .sampling, .smallestBrain,
        .checkpoints, .validation,
    ]

    /// Only the keys of its method.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        let keys = Self.commonKeys.union(method.kind.keys)
        func encode(_ value: (some Encodable)?, _ key: CodingKeys) throws {
            if keys.contains(key) { try values.encodeIfPresent(value, forKey: key) }
        }
        try encode(name, .name)
        try encode(method, .method)
        try encode(ngf, .ngf)
        try encode(ndf, .ndf)
        try encode(blocks, .blocks)
        try encode(encoderWidth, .encoderWidth)
        try encode(contrasts, .contrasts)
        try encode(crop, .crop)
        try encode(spacing, .spacing)
        try encode(normalisation, .normalisation)
        try encode(steps, .steps)
        try encode(batch, .batch)
        try encode(precision, .precision)
        try encode(seed, .seed)
        try encode(classifierFirstSteps, .classifierFirstSteps)
        try encode(reconstructionFirstSteps, .reconstructionFirstSteps)
        try encode(inputDropout, .inputDropout)
        try encode(hasRegressionBranch, .hasRegressionBranch)
        try encode(testTimeFlip, .testTimeFlip)
        try encode(generatorEvery, .generatorEvery)
        try encode(pool, .pool)
        try weights.encode(to: values.superEncoder(forKey: .weights), only: method.kind.weights)
        try encode(ssimRange, .ssimRange)
        try encode(countImputationTwice, .countImputationTwice)
        try encode(optimiser, .optimiser)
        try encode(averaging, .averaging)
        try encode(augmentation, .augmentation)
        try encode(inputVariation, .inputVariation)
        try encode(sampling, .sampling)
        try encode(smallestBrain, .smallestBrain)
        try encode(checkpoints, .checkpoints)
        try encode(validation, .validation)
        try encode(start, .start)
    }
}

extension TrainingConfiguration.Weights {
    /// Every term, with where it is.
    static let terms: [(key: CodingKeys, path: KeyPath<Self, Float> & Sendable)] = [
        (.cycle, \.cycle), (.ssim, \.ssim), (.adversarial, \.adversarial), (.classification, \.classification),
        (.reconstruction, \.reconstruction), (.squared, \.squared), (.similarity, \.similarity),
        (.identity, \.identity), (.penalty, \.penalty),
    ]

    fileprivate func encode(to encoder: any Encoder, only keys: Set<CodingKeys>) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        for (key, path) in Self.terms where keys.contains(key) { try values.encode(self[keyPath: path], forKey: key) }
    }
}
