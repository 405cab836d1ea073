extension TrainingConfiguration {
    package enum CodingKeys: String, CodingKey {
        case name, method, ngf, ndf, blocks, encoderWidth, contrasts, crop, spacing, normalisation, steps, batch,
            precision, seed
        case classifierFirstSteps, reconstructionFirstSteps
        case inputDropout
        case hasRegressionBranch = "regressionSkip"
        case testTimeFlip, generatorEvery, pool, weights, ssimRange, countImputationTwice, optimiser, averaging,
            augmentation, inputVariation, sampling, smallestBrain
        case checkpoints, validation, start
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(try values.decodeIfPresent(MethodName.self, forKey: .method) ?? .collagan)
        try values.decode(into: &name, .name)
        try values.decode(into: &ngf, .ngf)
        try values.decode(into: &ndf, .ndf)
        try values.decode(into: &blocks, .blocks)
        encoderWidth = try values.decodeIfPresent(Int.self, forKey: .encoderWidth)
        try values.decode(into: &contrasts, .contrasts)
        try values.decode(into: &crop, .crop)
        try values.decode(into: &spacing, .spacing)
        try values.decode(into: &normalisation, .normalisation)
        try values.decode(into: &steps, .steps)
        try values.decode(into: &batch, .batch)
        try values.decode(into: &precision, .precision)
        try values.decode(into: &seed, .seed)
        try values.decode(into: &classifierFirstSteps, .classifierFirstSteps)
        try values.decode(into: &reconstructionFirstSteps, .reconstructionFirstSteps)
        try values.decode(into: &inputDropout, .inputDropout)
        try values.decode(into: &hasRegressionBranch, .hasRegressionBranch)
        try values.decode(into: &testTimeFlip, .testTimeFlip)
        try values.decode(into: &generatorEvery, .generatorEvery)
        try values.decode(into: &pool, .pool)
        if values.contains(.weights), try !values.decodeNil(forKey: .weights) {
            weights = try Weights(from: values.superDecoder(forKey: .weights), over: weights)
        }
        try values.decode(into: &ssimRange, .ssimRange)
        try values.decode(into: &countImputationTwice, .countImputationTwice)
        if values.contains(.optimiser), try !values.decodeNil(forKey: .optimiser) {
            optimiser = try Optimiser(from: values.superDecoder(forKey: .optimiser), over: optimiser)
        }
        try values.decode(into: &averaging, .averaging)
        try values.decode(into: &augmentation, .augmentation)
        try values.decode(into: &inputVariation, .inputVariation)
        try values.decode(into: &sampling, .sampling)
        try values.decode(into: &smallestBrain, .smallestBrain)
        try values.decode(into: &checkpoints, .checkpoints)
        try values.decode(into: &validation, .validation)
        start = try values.decodeIfPresent(Start.self, forKey: .start)
    }
}

extension TrainingConfiguration.Start {
    enum CodingKeys: String, CodingKey {
        case scales, skip, model
    }

    package init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.decode(into: &scales, .scales)
        try values.decode(into: &skip, .skip)
        model = try values.decodeIfPresent(Model.self, forKey: .model)
    }
}

extension TrainingConfiguration.Weights {
    package enum CodingKeys: String, CodingKey {
        case cycle, ssim, adversarial, classification, reconstruction, squared, similarity, identity, penalty
    }

    package init(from decoder: any Decoder) throws { try self.init(from: decoder, over: Self()) }

    /// - Parameter defaults: of the method.
    init(from decoder: any Decoder, over defaults: Self) throws {
        self = defaults
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.decode(into: &cycle, .cycle)
        try values.decode(into: &ssim, .ssim)
        try values.decode(into: &adversarial, .adversarial)
        try values.decode(into: &classification, .classification)
        try values.decode(into: &reconstruction, .reconstruction)
        try values.decode(into: &squared, .squared)
        try values.decode(into: &similarity, .similarity)
        try values.decode(into: &identity, .identity)
        try values.decode(into: &penalty, .penalty)
    }
}

extension TrainingConfiguration.Sampling {
    enum CodingKeys: String, CodingKey {
        case by, site, inputsOnly
    }

    package init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.decode(into: &by, .by)
        site = try values.decodeIfPresent(String.self, forKey: .site)
        try values.decode(into: &inputsOnly, .inputsOnly)
    }
}

extension TrainingConfiguration.Optimiser {
    enum CodingKeys: String, CodingKey {
        case rate, beta1, beta2, decay, factor, every
    }

    package init(from decoder: any Decoder) throws { try self.init(from: decoder, over: Self()) }

    /// - Parameter defaults: of the method.
    init(from decoder: any Decoder, over defaults: Self) throws {
        self = defaults
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.decode(into: &rate, .rate)
        try values.decode(into: &beta1, .beta1)
        try values.decode(into: &beta2, .beta2)
        try values.decode(into: &decay, .decay)
        try values.decode(into: &factor, .factor)
        try values.decode(into: &every, .every)
    }
}

extension TrainingConfiguration.Checkpoints {
    enum CodingKeys: String, CodingKey {
        case every, keep
    }

    package init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.decode(into: &every, .every)
        try values.decode(into: &keep, .keep)
    }
}

extension TrainingConfiguration.Validation {
    enum CodingKeys: String, CodingKey {
        case every, slices
    }

    package init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.decode(into: &every, .every)
        try values.decode(into: &slices, .slices)
    }
}

extension KeyedDecodingContainer {
    /// Leaves the default where the key is missing.
    func decode<T: Decodable>(into value: inout T, _ key: Key) throws {
        if let given = try decodeIfPresent(T.self, forKey: key) { value = given }
    }
}
