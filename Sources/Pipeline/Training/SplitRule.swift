import CollaGAN
import Files
import Patients

/// Which patients are kept from the training, as its YAML file says it.
package struct SplitRule: Codable, Sendable, Equatable {
    /// Part of the patients.
    package enum Share: Codable, Sendable, Equatable {
        /// This fraction of all subjects, drawn by the training's seed.
        case fraction(Double)
        /// These patients or subjects.
        case names([String])

        package init(from decoder: any Decoder) throws {
            if let list = try? decoder.unkeyedContainer() {
                var (list, names) = (list, [String]())
                while !list.isAtEnd { names.append(try list.decode(String.self)) }
                self = .names(names)
            } else {
                self = .fraction(try decoder.singleValueContainer().decode(Double.self))
            }
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .fraction(let fraction): try container.encode(fraction)
            case .names(let names): try container.encode(names)
            }
        }
    }

    /// Patients by which the training is judged while it runs; nil for none.
    package var validation: Share?
    /// Patients that the training never reads; nil for none.
    package var test: Share?
    /// A regular expression: what it finds in a patient's name (its first group, if it has one) is the subject. Nil: the BIDS
    /// subject, else the patient's name.
    package var subject: String?
    /// The `split.json` of another training, taken as it is; then nothing else is given.
    package var file: String?

    package init(validation: Share? = nil, test: Share? = nil, subject: String? = nil, file: String? = nil) {
        (self.validation, self.test) = (validation, test)
        (self.subject, self.file) = (subject, file)
    }

    /// Checks what can be checked without the patients.
    /// - Parameter path: the YAML file, for messages.
    func validate(_ path: String) throws(CollaGANError) {
        func refuse(_ what: String) -> CollaGANError {
            CollaGANError(.badConfiguration, path: path, "\(path): \(what)")
        }
        if file != nil, validation != nil || test != nil || subject != nil {
            throw refuse(
                "'split.file' names a complete split; leave out split.validation, split.test and split.subject")
        }
        var listed = Set<String>()
        for (key, share) in [("validation", validation), ("test", test)] {
            switch share {
            case .fraction(let fraction):
                guard fraction > 0, fraction < 1 else {
                    throw refuse(
                        "'split.\(key)' must be a fraction between 0 and 1 or a list of names, not \(fraction)")
                }
            case .names(let names):
                guard !names.isEmpty else {
                    throw refuse("'split.\(key)' is empty; list patients or leave the key out")
                }
                for name in names where !listed.insert(name).inserted {
                    throw refuse("'split.\(key)' lists \(name), which is listed before; keep it in one place")
                }
            case nil: break
            }
        }
        if let subject, (try? Regex(subject)) == nil {
            throw refuse("'split.subject' is no regular expression: \(subject)")
        }
    }

    /// The subject of every patient.
    /// - Parameter path: the YAML file, for messages.
    /// - Throws: `CollaGANError.Code.badConfiguration` if the expression finds nothing in a patient's name.
    func subjects(of patients: [Patient], _ path: String) throws(CollaGANError) -> [String] {
        guard let subject, let expression = try? Regex(subject) else {
            return patients.map { $0.bids?.subject ?? $0.name }
        }
        return try patients.map { patient throws(CollaGANError) in
            guard let part = patient.name.firstMatch(of: expression)?.firstFound, !part.isEmpty else {
                throw CollaGANError(
                    .badConfiguration, path: path,
                    "\(path): 'split.subject' (\(subject)) finds nothing in the name of patient \(patient.name); extend the expression, e.g. with |, so that everyone has a subject"
                )
            }
            return part
        }
    }
}
