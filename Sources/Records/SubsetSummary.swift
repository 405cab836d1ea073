/// `subsets.json`: what every subset of the inputs gives and what each input adds, as means over the patients.
package struct SubsetSummary: Encodable, Sendable {
    /// One synthesised contrast.
    package struct Contrast: Encodable, Sendable {
        /// The small subsets first, those of a size in the model's order.
        package fileprivate(set) var subsets: [SubsetMeans] = []
        /// By input.
        package fileprivate(set) var importance: [String: ImportanceMeans] = [:]
    }

    private var format = 1
    private var software = SoftwareRecord()
    package let model: ModelRecord
    /// Names of those whose subsets were evaluated.
    package private(set) var patients: [String] = []
    /// By name.
    package private(set) var contrasts: [String: Contrast] = [:]
    /// The model's contrasts.
    package let order: [String]

    private enum CodingKeys: String, CodingKey {
        case format, software, model, patients, contrasts
    }

    /// - Parameter order: the model's contrasts.
    package init(order: [String], model: ModelRecord) {
        (self.order, self.model) = (order, model)
    }

    /// Whether no subset was evaluated.
    package var isEmpty: Bool { contrasts.isEmpty }

    /// Adds a patient's subsets, if they were evaluated.
    package mutating func add(_ record: PatientRecord) {
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
}
