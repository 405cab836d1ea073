import Foundation

/// Which folders of a target use which others, by the names of the types that their files declare and mention.
struct FolderArrows {
    /// Folder → folders it uses; the target's own folder is ".".
    private(set) var arrows: [String: Set<String>] = [:]
    /// "folder → folder: File uses Type", for whoever has to take an arrow away.
    private(set) var reasons: [String: [String]] = [:]

    /// - Parameter target: a folder of Swift files and folders.
    init(_ target: URL) throws {
        let root = target.standardizedFileURL.path
        let paths = (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).sorted()
            .filter { $0.hasSuffix(".swift") }
        var (homes, words): ([String: String], [(path: String, words: Set<String>)]) = ([:], [])
        for path in paths {
            let code = Self.code(try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8))
            for name in Self.declared(in: code) { homes[name] = homes[name] ?? path }
            words.append((path, Set(code.matches(of: /\b[A-Z]\w*/).map { String($0.output) })))
        }
        for (path, words) in words {
            for word in words.sorted() {
                guard let home = homes[word] else { continue }
                let (from, to) = (Self.folder(path), Self.folder(home))
                guard from != to else { continue }
                arrows[from, default: []].insert(to)
                reasons["\(from) → \(to)", default: []].append("\(path) uses \(word)")
            }
        }
    }

    /// Folders that can be reached from themselves, sorted.
    var circles: [[String]] {
        let reached = Dictionary(uniqueKeysWithValues: arrows.keys.map { ($0, reachable(from: $0)) })
        let inCircles = arrows.keys.filter { reached[$0]!.contains($0) }.sorted()
        var circles: [[String]] = []
        for folder in inCircles where !circles.contains(where: { $0.contains(folder) }) {
            circles.append(inCircles.filter { reached[folder]!.contains($0) && (reached[$0] ?? []).contains(folder) })
        }
        return circles
    }

    /// One line for every arrow inside a circle.
    func explanation(of circle: [String]) -> String {
        circle.flatMap { from in
            circle.filter { arrows[from]?.contains($0) == true }.map { to in
                "\(from) → \(to): \(reasons["\(from) → \(to)"]!.prefix(3).joined(separator: ", "))"
            }
        }.joined(separator: "\n")
    }

    private func reachable(from start: String) -> Set<String> {
        var (found, open): (Set<String>, [String]) = ([], [start])
        while let folder = open.popLast() {
            for next in arrows[folder] ?? [] where found.insert(next).inserted { open.append(next) }
        }
        return found
    }

    private static func folder(_ path: String) -> String {
        path.split(separator: "/").dropLast().first.map(String.init) ?? "."
    }

    /// Without comments and the contents of texts.
    private static func code(_ text: String) -> String {
        text.replacing(/"""[\s\S]*?"""/, with: "").replacing(/\/\/[^\n]*/, with: "").replacing(
            /"(\\.|[^"\\\n])*"/, with: "")
    }

    /// Types at the top level of a file.
    private static func declared(in code: String) -> [String] {
        code.split(separator: "\n").compactMap { line in
            line.prefixMatch(
                of:
                    /(@\w+(\([^)]*\))? )*((public|package|internal|final|indirect|nonisolated) )*(struct|class|enum|protocol|actor|typealias) ([A-Z]\w*)/
            ).map { String($0.output.6) }
        }
    }
}
