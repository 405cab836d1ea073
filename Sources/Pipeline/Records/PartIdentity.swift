import Files
import Foundation
import Patients

/// Which journal a run over some of the patients keeps: that of a numbered part, or of the participants it was given.
package struct PartIdentity: Sendable, Hashable {
    /// Its number and of how many; nil for participants.
    package let number: Int?
    package let count: Int?
    /// "part-3-of-8", "participants-1a2b3c4d5e6f": the name of its files without their endings.
    package let name: String
    /// "part 3/8", for people.
    package let title: String

    package init(_ part: PatientPart) {
        self.init(
            number: part.number, count: part.count, name: "part-\(part.number)-of-\(part.count)",
            title: "part \(part.text)")
    }

    /// - Parameter participants: the patients' names in their order.
    package init(participants: [String]) {
        let hash = FileHash.sha256(of: Data(participants.joined(separator: "\n").utf8)).prefix(12)
        let shown = participants.prefix(3).joined(separator: ", ") + (participants.count > 3 ? ", …" : "")
        self.init(number: nil, count: nil, name: Self.participants + hash, title: "the run over \(shown)")
    }

    /// Of a journal by its name in the folder of journals.
    /// - Returns: nil for another file.
    init?(journal file: String) {
        guard file.hasSuffix(Self.ending) else { return nil }
        let name = String(file.dropLast(Self.ending.count))
        if name.hasPrefix(Self.participants) {
            self.init(number: nil, count: nil, name: name, title: "the run \(name)")
            return
        }
        let words = name.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 4, words[0] == "part", words[2] == "of",
            let part = PatientPart("\(words[1])/\(words[3])"), PartIdentity(part).name == name
        else { return nil }
        self.init(part)
    }

    private init(number: Int?, count: Int?, name: String, title: String) {
        (self.number, self.count, self.name, self.title) = (number, count, name, title)
    }

    static let ending = ".json"
    private static let participants = "participants-"
}

extension PatientSelection {
    /// The journal of a run over these; nil for one over all.
    /// - Parameter cohort: names of those that are chosen from before the part is taken.
    package func identity(cohort: [String]) -> PartIdentity? {
        if let part { return PartIdentity(part) }
        return isNamed ? PartIdentity(participants: cohort) : nil
    }
}
