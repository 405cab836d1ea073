import Foundation
import Testing

/// The pages lead where they say, and stay short.
struct DocumentationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// Looked up by heading: as long as there are commands, printed by a script, and names of files, read by a test.
    private static let lists = ["docs/reference/commands.md", "docs/reference/file-names-of-datasets.md"]

    private static let pages: [MarkdownPage] = {
        let docs = (try? FileManager.default.subpathsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
        let paths = docs.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
        let beside = ["README.md", "Pipelines/models/README.md", "SampleData/README.md"]
        return (beside + paths.sorted()).compactMap { try? MarkdownPage($0, in: root) }
    }()

    @Test func pagesAreFound() { #expect(Self.pages.count > 30, "\(Self.pages.map(\.path))") }

    /// Relative links only: what lies on other servers is not asked for.
    @Test func everyLinkLeadsToAFileAndAHeading() {
        let anchors = Dictionary(uniqueKeysWithValues: Self.pages.map { ($0.path, $0.anchors) })
        for page in Self.pages {
            for link in page.relativeLinks {
                let file = Self.root.appending(path: link.path)
                let exists = FileManager.default.fileExists(atPath: file.path)
                #expect(exists, "\(page.path):\(link.line) \(link.path) is not there")
                guard exists, let anchor = link.anchor else { continue }
                #expect(
                    anchors[link.path]?.contains(anchor) == true,
                    "\(page.path):\(link.line) \(link.path) has no heading #\(anchor)")
            }
        }
    }

    /// At most 120 characters. Rows of tables, which cannot be broken, and lines that are one link or picture may be
    /// longer; in code blocks, which show paths and what programs print as it is, lines may have 180.
    @Test func linesFitTheScreen() {
        for page in Self.pages {
            for (line, text) in page.longLines(over: 120, inCode: 180) {
                Issue.record("\(page.path):\(line) \(text.count): \(text)")
            }
        }
    }

    @Test func pagesAreShort() {
        for page in Self.pages where !Self.lists.contains(page.path) {
            #expect(page.lines.count <= 160, "\(page.path) has \(page.lines.count) lines")
        }
        #expect(Self.pages[0].lines.count <= 60, "README.md has \(Self.pages[0].lines.count) lines")
    }

    /// Every page can be reached from the index.
    @Test func theIndexLeadsToEveryPage() {
        let links = Dictionary(uniqueKeysWithValues: Self.pages.map { ($0.path, $0.relativeLinks.map(\.path)) })
        var (seen, open): (Set<String>, [String]) = (["docs/README.md"], ["docs/README.md"])
        while let page = open.popLast() {
            for next in links[page] ?? [] where seen.insert(next).inserted { open.append(next) }
        }
        for page in Self.pages { #expect(seen.contains(page.path), "docs/README.md does not lead to \(page.path)") }
    }

    /// What was written for whoever built the program is no document of the repository.
    @Test func noPageNamesADocumentThatIsNotHere() {
        for page in Self.pages {
            for (number, line) in page.lines.enumerated() where line.contains(/\b(METHOD|PRODUCT|ENGINE)\b/) {
                Issue.record("\(page.path):\(number + 1) \(line)")
            }
        }
    }

    /// Pages that sources, tests and pipelines name are there, and so are the sections of the method that they cite.
    @Test func whatTheSourcesNameIsThere() throws {
        let method = try #require(Self.pages.first { $0.path == "docs/explanation/method.md" })
        let sections = Set(method.lines.compactMap { $0.firstMatch(of: /^## (\d+)\./).map { String($0.1) } })
        #expect(sections == Set((1...10).map(String.init)))
        for file in try Self.sourceFiles() {
            let whole = try String(contentsOf: Self.root.appending(path: file), encoding: .utf8)
            // Only the lines that may name one: patterns are slow.
            let lines = whole.split(separator: "\n").filter { $0.contains("docs/") || $0.contains("method.md") }
            let text = lines.joined(separator: "\n")
            for match in text.matches(of: /\bdocs\/[\w\/-]+\.(md|svg|json|png)\b/) {
                let exists = FileManager.default.fileExists(atPath: Self.root.appending(path: match.0).path)
                #expect(exists, "\(file) names \(match.0), which is not there")
            }
            for match in text.matches(of: /method\.md,? (?:§|sections? )(\d+)/) {
                #expect(sections.contains(String(match.1)), "\(file) cites \(match.0)")
            }
        }
    }

    /// Files and folders that pages name by their path from the top folder.
    @Test func whatThePagesNameIsThere() {
        for page in Self.pages {
            for (number, line) in page.lines.enumerated() where line.contains(/(Sources|Tests|Pipelines)\//) {
                for match in line.matches(of: /(?:^|[^\w\/.-])((?:Sources|Tests|Pipelines)\/[\w\/.+-]*\w)/) {
                    let exists = FileManager.default.fileExists(atPath: Self.root.appending(path: match.1).path)
                    #expect(exists, "\(page.path):\(number + 1) \(match.1) is not there")
                }
            }
        }
    }

    @Test func plantedFaultsAreFound() {
        let page = MarkdownPage(
            "guide/a/page.md",
            text: """
                # One `thing`, two
                [up](../b.md#c-d) and [here](#one-thing-two), `[no](link.md)`, [far](https://example.org/x.md)
                ## One `thing`, two
                <a id="own"></a>
                ```
                [in code](code.md)
                \(String(repeating: "x", count: 121))
                ```
                | \(String(repeating: "x", count: 121)) |
                \(String(repeating: "é", count: 120))
                """)
        #expect(page.relativeLinks.map(\.path) == ["guide/b.md", "guide/a/page.md"])
        #expect(page.relativeLinks.map(\.anchor) == ["c-d", "one-thing-two"])
        #expect(page.anchors == ["one-thing-two", "one-thing-two-1", "own"])
        #expect(page.longLines(over: 119, inCode: 120).map(\.line) == [7, 10])
        #expect(page.longLines(over: 120, inCode: 121).isEmpty)
    }

    private static func sourceFiles() throws -> [String] {
        let kinds = ["swift", "c", "h", "sh", "py", "yaml"]
        let folders = try ["Sources", "Tests", "Pipelines"].flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
                .filter { kinds.contains(($0 as NSString).pathExtension) }.map { "\(folder)/\($0)" }
        }
        return ["Package.swift"] + folders.sorted()
    }
}
