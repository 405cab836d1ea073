/// One contrast synthesised from one subset of the inputs: means over the patients that have these contrasts.
package struct SubsetMeans: Sendable {
    /// Names of the inputs, in the model's order.
    package let inputs: [String]
    package private(set) var patients = 0
    package private(set) var scores = MeanTable()
    /// The network's scores from all inputs, of the same patients: what to compare `scores` with.
    package private(set) var allInputs = MeanTable()
    private(set) var zeroFill = MeanTable()
    package private(set) var copy = MeanTable()
    /// For how many patients which input was the best copy.
    package private(set) var copies: [String: Int] = [:]
    package private(set) var regression = MeanTable()

    init(inputs: [String]) {
        self.inputs = inputs
    }

    /// Adds a patient's scores, if there are any.
    mutating func add(_ subset: SubsetRecord, of contrast: ContrastRecord) {
        guard let own = subset.scores else { return }
        patients += 1
        scores.add(own.table)
        if let full = contrast.scores { allInputs.add(full.table) }
        if let zeros = contrast.baselines?.zeroFill { zeroFill.add(zeros.table) }
        if let own = subset.copy { copy.add(own.table) }
        if let best = subset.bestCopy { copies[best, default: 0] += 1 }
        if let own = subset.regression { regression.add(own.table) }
    }
}

extension SubsetMeans: Encodable {
    private enum CodingKeys: String, CodingKey {
        case inputs, patients, scores, zeroFill, copy, copies, regression
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(patients, forKey: .patients)
        try container.encodeIfPresent(scores.table, forKey: .scores)
        try container.encodeIfPresent(zeroFill.table, forKey: .zeroFill)
        try container.encodeIfPresent(copy.table, forKey: .copy)
        try container.encode(copies, forKey: .copies)
        try container.encodeIfPresent(regression.table, forKey: .regression)
    }
}

/// What one input adds to one contrast: means over the patients of what it adds in each.
package struct ImportanceMeans: Sendable {
    private(set) var patients = 0
    package private(set) var meanGain = MeanTable()
    package private(set) var leaveOneOutGain = MeanTable()

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

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(patients, forKey: .patients)
        try container.encodeIfPresent(meanGain.table, forKey: .meanGain)
        try container.encodeIfPresent(leaveOneOutGain.table, forKey: .leaveOneOutGain)
    }
}
