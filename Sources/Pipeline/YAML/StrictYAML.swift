import Files
import Foundation
import Yams

/// YAML read strictly: a key that the type does not ask for is an error that names it, its line and the nearest key.
///
/// Works for any `Decodable`: the decoder notes which keys each type asks for, so optional keys and keys with defaults
/// need no list of their own.
package enum StrictYAML {
    /// Decodes a file.
    /// - Throws: `CollaGANError.Code.unreadable` or `.badConfiguration`, with the line where it is known.
    package static func decode<T: Decodable>(_ type: T.Type, file path: String) throws(CollaGANError) -> T {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CollaGANError(.unreadable, path: path, "\(path): no such file, or not readable; give a YAML file")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw CollaGANError(.badConfiguration, path: path, "\(path): is not text in UTF-8; give a YAML file")
        }
        return try decode(type, yaml: text, path: path)
    }

    /// Decodes text; `path` is for messages. An empty document is an empty mapping.
    package static func decode<T: Decodable>(
        _ type: T.Type, yaml: String, path: String
    ) throws(CollaGANError) -> T {
        let root: Node
        do {
            root = try Yams.compose(yaml: yaml) ?? Node.mapping(Node.Mapping([]))
        } catch {
            throw CollaGANError(.badConfiguration, path: path, "\(path): is not valid YAML: \("\(error)".shortened)")
        }
        let visits = YAMLVisits(path: path)
        do {
            let value = try YAMLNodeDecoder(node: root, codingPath: [], visits: visits).decode(type)
            try visits.refuseUnknownKeys()
            return value
        } catch let error as CollaGANError {
            throw error
        } catch {
            throw CollaGANError(.badConfiguration, path: path, "\(path): \(error)")
        }
    }
}

/// Which keys were asked for in which mapping of a file.
final class YAMLVisits {
    let path: String
    private var mappings: [(mapping: Node.Mapping, location: String, asked: Set<String>)] = []

    init(path: String) {
        self.path = path
    }

    /// Types that read the same mapping share its keys.
    func enter(_ mapping: Node.Mapping, at location: String) -> Int {
        if let known = mappings.firstIndex(where: { $0.location == location }) { return known }
        mappings.append((mapping, location, []))
        return mappings.count - 1
    }

    func ask(_ key: String, in index: Int) {
        mappings[index].asked.insert(key)
    }

    /// An error if any mapping holds a key that nobody asked for.
    func refuseUnknownKeys() throws(CollaGANError) {
        for entry in mappings {
            for (key, _) in entry.mapping where !entry.asked.contains(key.string ?? "") {
                throw unknown(key, in: entry.location, known: entry.asked)
            }
        }
    }

    /// The error for a key that is asked for and not there: perhaps it is there, misspelt.
    func missing(_ key: String, in index: Int) -> CollaGANError {
        let entry = mappings[index]
        let misspelt = entry.mapping.keys.first {
            let name = $0.string ?? ""
            return !entry.asked.contains(name) && Spelling.nearest(to: name, among: [key]) != nil
        }
        if let misspelt { return unknown(misspelt, in: entry.location, known: [key]) }
        return problem(nil, "'\(entry.location)\(key)' is missing; add it")
    }

    /// An error at a node: "FILE, line 3: …".
    func problem(_ node: Node?, _ text: String) -> CollaGANError {
        let line = node?.mark.map { ", line \($0.line)" } ?? ""
        return CollaGANError(.badConfiguration, path: path, "\(path)\(line): \(text)")
    }

    private func unknown(_ key: Node, in location: String, known: Set<String>) -> CollaGANError {
        let name = key.string ?? "?"
        let hint =
            if let nearest = Spelling.nearest(to: name, among: known.sorted()) {
                "did you mean '\(nearest)'?"
            } else {
                "known here: \(known.sorted().joined(separator: ", "))"
            }
        return problem(key, "unknown key '\(location)\(name)'; \(hint)")
    }
}

/// Nearest words, for suggestions.
enum Spelling {
    /// The candidate with the fewest insertions, deletions and replacements; nil if all are too far away to be meant.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let scored = candidates.map { (distance(word.lowercased(), $0.lowercased()), $0) }
        guard let best = scored.min(by: { $0.0 < $1.0 }), best.0 <= max(2, word.count / 3) else { return nil }
        return best.1
    }

    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var row = Array(0...right.count)
        for i in left.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let replaced = diagonal + (left[i] == right[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
