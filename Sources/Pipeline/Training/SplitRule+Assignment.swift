import Files
import Tensors

extension SplitRule {
    /// Deals patients out: those listed by name, and for a fraction as many subjects as it says, drawn by the seed among those that no list names.
    ///
    /// A subject's sessions always stay together. The same subjects, rule and seed give the same parts, in whatever order they come.
    ///
    /// - Parameters:
    ///   - patients: name and subject of each.
    ///   - path: the YAML file, for messages.
    /// - Returns: the part of each patient.
    /// - Throws: `CollaGANError.Code.badConfiguration` for a listed name that does not exist, a subject in two parts, an empty part.
    package func assign(
        _ patients: [(name: String, subject: String)], seed: UInt64, path: String
    ) throws(CollaGANError) -> [Split.Part] {
        let all = Set(patients.map(\.subject)).sorted()
        var parts: [String: Split.Part] = [:]
        for (part, share) in shares {
            guard case .names(let names) = share else { continue }
            try list(names, as: part, patients: patients, parts: &parts, path: path)
        }
        for (part, share) in shares {
            guard case .names(let names) = share else { continue }
            try refuseGaps(names, as: part, patients: patients, parts: parts, path: path)
        }
        var drawn = all.filter { parts[$0] == nil }
        var random = SeededGenerator(seed: seed)
        drawn.shuffle(using: &random)
        for (part, share) in shares {
            guard case .fraction(let fraction) = share else { continue }
            let count = Int((fraction * Double(all.count)).rounded())
            guard count > 0 else {
                throw CollaGANError(
                    .badConfiguration, path: path,
                    "\(path): 'split.\(part.rawValue)' of \(fraction) is none of \(Wording.count(all.count, "subject")); ask for a larger fraction or list names"
                )
            }
            for subject in drawn.prefix(count) { parts[subject] = part }
            drawn.removeFirst(min(count, drawn.count))
        }
        let result = patients.map { parts[$0.subject] ?? .training }
        for (part, share) in shares + [(.training, nil)] where share != nil || part == .training {
            guard result.contains(part) else {
                throw CollaGANError(
                    .badConfiguration, path: path,
                    "\(path): the split leaves no \(part.rawValue) patient of \(Wording.count(patients.count, "patient")); ask for fewer or add patients"
                )
            }
        }
        return result
    }

    private var shares: [(part: Split.Part, share: Share?)] { [(.test, test), (.validation, validation)] }

    private func list(
        _ names: [String], as part: Split.Part, patients: [(name: String, subject: String)],
        parts: inout [String: Split.Part], path: String
    ) throws(CollaGANError) {
        func refuse(_ what: String) -> CollaGANError {
            CollaGANError(.badConfiguration, path: path, "\(path): 'split.\(part.rawValue)' lists \(what)")
        }
        let known = patients.map(\.name) + patients.map(\.subject)
        for name in names {
            guard let patient = patients.first(where: { $0.name == name || $0.subject == name }) else {
                let hint = Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" }
                throw refuse("\(name), but no usable patient or subject is called so\(hint ?? "; correct the name")")
            }
            if let other = parts[patient.subject], other != part {
                throw refuse(
                    "\(name) of subject \(patient.subject), who is listed as \(other.rawValue), too; keep a subject in one part"
                )
            }
            parts[patient.subject] = part
        }
    }

    /// Refuses a list that names some sessions of a subject and leaves others out.
    private func refuseGaps(
        _ names: [String], as part: Split.Part, patients: [(name: String, subject: String)],
        parts: [String: Split.Part], path: String
    ) throws(CollaGANError) {
        let listed = Set(names)
        for patient in patients where parts[patient.subject] == part {
            guard listed.contains(patient.name) || listed.contains(patient.subject) else {
                throw CollaGANError(
                    .badConfiguration, path: path,
                    "\(path): 'split.\(part.rawValue)' lists sessions of subject \(patient.subject), but not \(patient.name); list it, too, or the subject"
                )
            }
        }
    }
}
