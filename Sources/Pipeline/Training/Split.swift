import Files
import Foundation

/// Who is trained on, who validates and who is never read: made once, kept as `split.json` beside the model.
package struct Split: Codable, Sendable, Equatable {
    /// Its name in a training's folder.
    package static let fileName = OwnFiles.split

    /// What a patient is there for.
    package enum Part: String, Codable, Sendable, CaseIterable {
        case training, validation, test
    }

    /// One patient.
    package struct Member: Codable, Sendable, Equatable {
        package var name: String
        /// All patients of one subject are in the same part.
        package var subject: String
        package var part: Part
        /// SHA-256 of every file by contrast name, or `brainmask`; empty where they could not be read.
        package var files: [String: String]
    }

    /// Version of the file's form.
    package var format = 1
    /// What the YAML file said, and the seed by which fractions were drawn.
    package var rule: SplitRule
    package var seed: UInt64
    /// By name.
    package var patients: [Member]
    /// Patients that could not be used when the training began, with the reason; some of them have a part.
    package var leftOut: [String: String]?

    init(rule: SplitRule, seed: UInt64, patients: [Member]) {
        (self.rule, self.seed, self.patients) = (rule, seed, patients)
    }

    /// Reads a file.
    /// - Throws: `CollaGANError.Code.badConfiguration` if it is missing, damaged, of another form, or holds a patient twice or a subject
    ///   in two parts.
    package init(file path: String) throws(CollaGANError) {
        func refuse(_ what: String) -> CollaGANError {
            CollaGANError(.badConfiguration, path: path, "\(path): \(what)")
        }
        guard let split = JSONFile.read(Split.self, from: path), split.format == 1 else {
            throw refuse("is missing or no split of patients; put it back, or start anew in another --out folder")
        }
        self = split
        guard Set(patients.map(\.name)).count == patients.count else {
            throw refuse("holds a patient twice; repair it")
        }
        try refuseStraddling(path)
        try refuseCopies(path)
    }

    /// The part of a patient; nil if the split does not know the name.
    package func part(of name: String) -> Part? { patients.first { $0.name == name }?.part }

    /// Refuses a subject in two parts.
    func refuseStraddling(_ path: String) throws(CollaGANError) {
        var parts: [String: Member] = [:]
        for patient in patients {
            guard let other = parts.updateValue(patient, forKey: patient.subject), other.part != patient.part else {
                continue
            }
            throw CollaGANError(
                .badConfiguration, path: path,
                "\(path): subject \(patient.subject) is in two parts, \(other.name) in \(other.part.rawValue) and \(patient.name) in \(patient.part.rawValue); keep a subject in one part"
            )
        }
    }

    /// Refuses an image that is found in two parts, under whatever names. Brain masks may be equal: many come from one atlas.
    func refuseCopies(_ path: String) throws(CollaGANError) {
        var owners: [String: (member: Member, role: String)] = [:]
        for patient in patients {
            for (role, hash) in patient.files.sorted(by: { $0.key < $1.key }) where role != "brainmask" {
                guard let other = owners[hash] else {
                    owners[hash] = (patient, role)
                    continue
                }
                guard other.member.part != patient.part else { continue }
                throw CollaGANError(
                    .badConfiguration, path: path,
                    "\(path): \(role) of \(patient.name) (\(patient.part.rawValue)) is the same image as \(other.role) of \(other.member.name) (\(other.member.part.rawValue)); remove one, or make them one subject with split.subject"
                )
            }
        }
    }

    /// Refuses patients for whom this split, read from `path`, was not made.
    ///
    /// - Parameters:
    ///   - found: the patients as they are; their parts are not looked at.
    ///   - exactly: files must be the same; else those that both know.
    func refuseMisfit(_ found: [Member], exactly: Bool, _ path: String) throws(CollaGANError) {
        func refuse(_ what: String) -> CollaGANError {
            CollaGANError(
                .badConfiguration, path: path,
                "\(path): the split was made for other patients: \(what); put them back as they were, or start anew in another --out folder or with --overwrite"
            )
        }
        let known = Dictionary(uniqueKeysWithValues: patients.map { ($0.name, $0) })
        let new = found.map(\.name).filter { known[$0] == nil }
        guard new.isEmpty else { throw refuse("\(Self.listed(new)) came since") }
        let names = Set(found.map(\.name))
        let missing = patients.map(\.name).filter { !names.contains($0) && leftOut?[$0] == nil }
        guard missing.isEmpty else { throw refuse("\(Self.listed(missing)) went since, or cannot be used any more") }
        for patient in found {
            guard let before = known[patient.name] else { continue }
            guard exactly == false || patient.subject == before.subject else {
                throw refuse("\(patient.name) was subject \(before.subject)")
            }
            for role in Set(patient.files.keys).union(before.files.keys).sorted() {
                let (now, then) = (patient.files[role], before.files[role])
                guard now == then || (!exactly && (now == nil || then == nil)) else {
                    throw refuse("\(role) of \(patient.name) changed since")
                }
            }
        }
    }

    private static func listed(_ names: [String]) -> String {
        names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    }
}
