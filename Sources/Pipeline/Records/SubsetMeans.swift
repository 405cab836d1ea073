/// One contrast synthesised from one subset of the inputs: means over the patients that have these contrasts.
struct SubsetMeans: Sendable {
    /// Names of the inputs, in the model's order.
    let inputs: [String]
    private(set) var patients = 0
    private(set) var scores = MeanTable()
    /// The network's scores from all inputs, of the same patients: what to compare `scores` with.
    private(set) var allInputs = MeanTable()
    private(set) var zeroFill = MeanTable()
    private(set) var copy = MeanTable()
    /// For how many patients which input was the best copy.
    private(set) var copies: [String: Int] = [:]
    private(set) var regression = MeanTable()

    init(inputs: [String]) {
        self.inputs = inputs
    }

    /// Adds a patient's scores, if there are any.
    mutating func add(_ subset: SubsetRecord, of contrast: ContrastRecord) {
        guard let own = subset.scores else { return }
        patients += 1
        scores.add(own.values)
        if let full = contrast.scores { allInputs.add(full.table.values) }
        if let table = contrast.baselines?.zeroFill { zeroFill.add(table.values) }
        if let table = subset.copy { copy.add(table.values) }
        if let best = subset.bestCopy { copies[best, default: 0] += 1 }
        if let table = subset.regression { regression.add(table.values) }
    }
}

extension SubsetMeans: Encodable {
    private enum CodingKeys: String, CodingKey {
        case inputs, patients, scores, zeroFill, copy, copies, regression
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(patients, forKey: .patients)
        try container.encodeIfPresent(scores.values, forKey: .scores)
        try container.encodeIfPresent(zeroFill.values, forKey: .zeroFill)
        try container.encodeIfPresent(copy.values, forKey: .copy)
        try container.encode(copies, forKey: .copies)
        try container.encodeIfPresent(regression.values, forKey: .regression)
    }
}

/// What one input adds to one contrast: means over the patients of what it adds in each.
struct ImportanceMeans: Sendable {
    private(set) var patients = 0
    private(set) var meanGain = MeanTable()
    private(set) var leaveOneOutGain = MeanTable()

    mutating func add(_ record: ImportanceRecord) {
        patients += 1
        meanGain.add(record.meanGain)
        leaveOneOutGain.add(record.leaveOneOutGain)
    }
}

extension ImportanceMeans: Encodable {
    private enum CodingKeys: String, CodingKey {
        case patients, meanGain, leaveOneOutGain
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(patients, forKey: .patients)
        try container.encodeIfPresent(meanGain.values, forKey: .meanGain)
        try container.encodeIfPresent(leaveOneOutGain.values, forKey: .leaveOneOutGain)
    }
}
