import Foundation
import Patients
import Testing

/// The tables of docs/reference/file-names-of-datasets.md.
enum PublishedNames {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// As on the page: a contrast, "brain mask", "brain mask?", "lesion", "ambiguous" or "none".
        let takenFor: String

        var testDescription: String { name }

        func allows(_ found: Recognition, _ role: String) -> Bool {
            switch takenFor {
            case "brain mask": role == "brainmask" && found.sign == .brainMask
            case "brain mask?": role == "brainmask" && found.sign == .bareMask
            case "ambiguous": role == "unrecognised" && found.mayBeMeant
            case "none": role == "unrecognised"
            default: role == takenFor
            }
        }
    }

    static let table: [Row] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = root.appending(path: "docs/reference/file-names-of-datasets.md")
        let lines = ((try? String(contentsOf: page, encoding: .utf8)) ?? "").split(separator: "\n")
        return lines.compactMap { line in
            line.wholeMatch(of: /\| `(.+)` \| (.+) \|/).map { Row(name: String($0.1), takenFor: String($0.2)) }
        }
    }()
}
