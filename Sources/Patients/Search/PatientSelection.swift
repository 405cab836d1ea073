import Files
import Foundation

/// Which of the patients that are found a run takes on.
package struct PatientSelection: Sendable {
    /// Names, BIDS subjects with or without `sub-`; nil for all.
    package var participants: [String]?
    /// BIDS sessions of these, with or without `ses-`; nil for all.
    package var sessions: [String]?
    /// A share of these; nil for all.
    package var part: PatientPart?

    package init(participants: [String]? = nil, sessions: [String]? = nil, part: PatientPart? = nil) {
        (self.participants, self.sessions, self.part) = (participants, sessions, part)
    }

    /// Whether patients are named.
    package var isNamed: Bool { participants != nil || sessions != nil }

    /// Those of all patients that are named; the part is not yet taken.
    /// - Parameter path: where they were looked for.
    /// - Throws: `CollaGANError.Code.badConfiguration` where a name is nobody's.
    package func cohort(of patients: [Patient], in path: String) throws(CollaGANError) -> [Patient] {
        let named = try named(among: patients, in: path)
        guard let sessions else { return named }
        let wanted = Set(sessions.map { $0.hasPrefix("ses-") ? $0 : "ses-\($0)" })
        let present = Set(named.compactMap { $0.bids?.session })
        let unknown = wanted.subtracting(present).sorted()
        guard unknown.isEmpty else {
            throw CollaGANError(
                .badConfiguration, path: path,
                "\(path): holds no session \(unknown.joined(separator: ", ")) of these subjects; there"
                    + " \(present.isEmpty ? "are none" : "is \(present.sorted().joined(separator: ", "))"): correct"
                    + " --session-label")
        }
        return named.filter { $0.bids?.session.map(wanted.contains) == true }
    }

    private func named(among patients: [Patient], in path: String) throws(CollaGANError) -> [Patient] {
        guard let participants else { return patients }
        var places: [String: [Int]] = [:]
        for (index, patient) in patients.enumerated() {
            for label in Self.labels(of: patient) { places[label, default: []].append(index) }
        }
        let unknown = participants.filter { places[$0] == nil }
        guard unknown.isEmpty else { throw Self.unknown(unknown, patients, in: path) }
        return Set(participants.flatMap { places[$0] ?? [] }).sorted().map { patients[$0] }
    }

    /// The part's share of a cohort.
    package func share(of cohort: [Patient]) -> [Patient] { part?.share(of: cohort) ?? cohort }

    /// A subject stands for all of its sessions.
    private static func labels(of patient: Patient) -> Set<String> {
        let names = [patient.name, patient.bids?.subject].compactMap(\.self)
        return Set(names + names.filter { $0.hasPrefix("sub-") }.map { String($0.dropFirst(4)) })
    }

    private static func unknown(_ names: [String], _ patients: [Patient], in path: String) -> CollaGANError {
        func list(_ names: [String]) -> String {
            names.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 5 ? ", …" : "")
        }
        return CollaGANError(
            .badConfiguration, path: path,
            "\(path): holds no patient \(list(names)); there \(patients.count == 1 ? "is" : "are")"
                + " \(list(patients.map(\.name))): correct --participants"
        )
    }
}

extension PatientSelection {
    /// Bytes beyond which a file is no list of names.
    private static let largestList = 16 << 20

    /// Names as they are given on the command line: `@FILE` stands for those in a file, one a line. Of a line only what comes
    /// before a tab counts, and the title `participant_id` does not, so that a `participants.tsv` will do; empty lines and those
    /// that begin with `#` are passed over.
    /// - Throws: `CollaGANError.Code.unreadable`, or `.badConfiguration` where a file names nobody.
    package static func names(_ arguments: [String]) throws(CollaGANError) -> [String] {
        var names: [String] = []
        for argument in arguments {
            guard argument.hasPrefix("@") else {
                names.append(argument)
                continue
            }
            names += try list(String(argument.dropFirst()))
        }
        return names
    }

    private static func list(_ path: String) throws(CollaGANError) -> [String] {
        guard let status = FileStatus(path), status.kind == .regular, status.size <= largestList,
            let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
            throw CollaGANError(
                .unreadable, path: path,
                "\(path): is no list of participants that can be read; give a text file with one name a line")
        }
        let names = text.split(whereSeparator: \.isNewline).compactMap { line -> String? in
            let name = line.split(separator: "\t", omittingEmptySubsequences: false).first.map(String.init) ?? ""
            let trimmed = name.trimmingCharacters(in: .whitespaces)
            return trimmed.isEmpty || trimmed.hasPrefix("#") || trimmed == "participant_id" ? nil : trimmed
        }
        guard !names.isEmpty else {
            throw CollaGANError(
                .badConfiguration, path: path, "\(path): names no participant; write one name a line")
        }
        return names
    }
}
