import Reports

/// `subsets.json`: what every subset of the inputs gives and what each input adds, as means over the patients.
package struct SubsetSummary: Encodable, Sendable {
    /// One synthesised contrast.
    struct Contrast: Encodable, Sendable {
        /// The small subsets first, those of a size in the model's order.
        var subsets: [SubsetMeans] = []
        /// By input.
        var importance: [String: ImportanceMeans] = [:]
    }

    private var format = 1
    private var software = SoftwareRecord()
    let model: ModelRecord
    /// Names of those whose subsets were evaluated.
    private(set) var patients: [String] = []
    /// By name.
    private(set) var contrasts: [String: Contrast] = [:]
    /// The model's contrasts.
    let order: [String]

    private enum CodingKeys: String, CodingKey {
        case format, software, model, patients, contrasts
    }

    /// - Parameter order: the model's contrasts.
    init(order: [String], model: ModelRecord) {
        (self.order, self.model) = (order, model)
    }

    /// Whether no subset was evaluated.
    package var isEmpty: Bool { contrasts.isEmpty }

    /// Adds a patient's subsets, if they were evaluated.
    mutating func add(_ record: PatientRecord) {
        let evaluated = record.contrasts.filter { $0.value.subsets != nil }
        guard !evaluated.isEmpty else { return }
        patients.append(record.patient)
        for (name, contrast) in evaluated {
            var entry = contrasts[name] ?? Contrast()
            for subset in contrast.subsets ?? [] {
                entry.subsets[place(of: subset.inputs, in: &entry.subsets)].add(subset, of: contrast)
            }
            for (input, importance) in contrast.importance ?? [:] {
                entry.importance[input, default: ImportanceMeans()].add(importance)
            }
            contrasts[name] = entry
        }
    }

    /// Index of a subset's means, made where there are none yet.
    private func place(of inputs: [String], in subsets: inout [SubsetMeans]) -> Int {
        if let place = subsets.firstIndex(where: { $0.inputs == inputs }) { return place }
        let place = subsets.firstIndex { precedes(inputs, $0.inputs) } ?? subsets.count
        subsets.insert(SubsetMeans(inputs: inputs), at: place)
        return place
    }

    private func precedes(_ first: [String], _ second: [String]) -> Bool {
        guard first.count == second.count else { return first.count < second.count }
        let places = [first, second].map { names in names.map { order.firstIndex(of: $0) ?? order.count } }
        return places[0].lexicographicallyPrecedes(places[1])
    }

    /// What each input adds, for people: one line per contrast, one column per input.
    package func text() -> String {
        let targets = order.filter { contrasts[$0] != nil }
        let inputs = order.filter { name in targets.contains { contrasts[$0]?.importance[name] != nil } }
        guard !inputs.isEmpty else { return "" }
        let lines =
            [["contrast"] + inputs.map { "+ \($0)" }]
            + targets.map { target in
                [target] + inputs.map { ReportNumber.error(contrasts[target]?.importance[$0]?.meanGain["nmse"]) }
            }
        return "NMSE saved by each input, mean over the sets of other inputs that it joins:\n"
            + TextTable(lines, namedColumns: 1, leastWidths: [8]).text()
    }
}
