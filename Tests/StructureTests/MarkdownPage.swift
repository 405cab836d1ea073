import Foundation

/// What a Markdown page holds for whoever follows its links.
struct MarkdownPage {
    struct Link {
        /// Where it stands, from 1.
        let line: Int
        /// From the top folder.
        let path: String
        /// The heading, without #.
        let anchor: String?
    }

    /// From the top folder.
    let path: String
    let lines: [String]
    /// Whether each line is part of a code block, its fences included.
    private let isCode: [Bool]

    init(_ path: String, in root: URL) throws {
        try self.init(path, text: String(contentsOf: root.appending(path: path), encoding: .utf8))
    }

    init(_ path: String, text: String) {
        self.path = path
        lines = (text.hasSuffix("\n") ? text.dropLast() : text[...]).components(separatedBy: "\n")
        var (isInside, code): (Bool, [Bool]) = (false, [])
        for line in lines {
            let isFence = line.drop { $0 == " " }.hasPrefix("```")
            code.append(isInside || isFence)
            if isFence { isInside.toggle() }
        }
        isCode = code
    }

    /// Targets of links and pictures that lie in the repository.
    var relativeLinks: [Link] {
        prose.flatMap { number, line in
            line.replacing(/`[^`]*`/, with: "").matches(of: /\]\(([^)\s]+)\)/).compactMap { match -> Link? in
                let target = String(match.1)
                guard !target.contains(/^[a-z]+:/) else { return nil }
                let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let folder = (path as NSString).deletingLastPathComponent
                let file = parts[0].isEmpty ? path : Self.joined(folder, String(parts[0]))
                return Link(line: number, path: file, anchor: parts.count > 1 ? String(parts[1]) : nil)
            }
        }
    }

    /// Names of headings as GitHub makes them, and of `<a id="…">`.
    var anchors: Set<String> {
        var (found, counts): (Set<String>, [String: Int]) = ([], [:])
        for (_, line) in prose {
            for match in line.matches(of: /<a id="([^"]+)">/) { found.insert(String(match.1)) }
            guard let heading = line.firstMatch(of: /^#{1,6} (.*)$/) else { continue }
            let words = heading.1.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.1 }.lowercased()
            let name = String(
                words.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.map { $0 == " " ? "-" : $0 })
            let before = counts[name, default: 0]
            counts[name] = before + 1
            found.insert(before == 0 ? name : "\(name)-\(before)")
        }
        return found
    }

    /// Lines that are too long, from 1, but for rows of tables and lines that are nothing but one link or picture.
    /// - Parameter codeLimit: of lines in code blocks.
    func longLines(over limit: Int, inCode codeLimit: Int) -> [(line: Int, text: String)] {
        zip(lines, isCode).enumerated().compactMap { index, element in
            let (line, isCode) = element
            guard line.count > (isCode ? codeLimit : limit) else { return nil }
            if !isCode, line.hasPrefix("|") || line.contains(/^!?\[[^\]]*\]\([^)]*\)$/) { return nil }
            return (index + 1, line)
        }
    }

    /// Lines outside of code blocks, with their numbers from 1. A link may be broken over two lines.
    private var prose: [(Int, String)] {
        zip(lines, isCode).enumerated().compactMap { $1.1 ? nil : ($0 + 1, $1.0) }
    }

    private static func joined(_ folder: String, _ target: String) -> String {
        var parts = folder.split(separator: "/").map(String.init)
        for part in target.split(separator: "/") where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }
}
