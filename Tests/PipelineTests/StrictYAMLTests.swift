import Files
import Pipeline
import Testing

struct StrictYAMLTests {
    private enum Mode: String, Decodable, CaseIterable { case fast, exact }

    private struct Inner: Decodable, Equatable {
        var height: Int
        var weights: [Double]?
        var names: [String: String]?
    }

    private struct Outer: Decodable {
        var title: String
        var count: UInt?
        var learningRate: Double?
        var flag: Bool?
        var mode: Mode?
        var inner: Inner?
        var list: [Inner]?
    }

    private func message(_ yaml: String) -> String {
        do {
            _ = try StrictYAML.decode(Outer.self, yaml: yaml, path: "f.yaml")
            return "accepted"
        } catch {
            return error.message
        }
    }

    @Test func readsEverything() throws {
        let text = """
            title: 12
            count: 1e3
            learningRate: 2e-4
            flag: yes
            mode: exact
            inner: {height: 1_0, weights: [1, 2.5], names: {T2: "*_T2*"}}
            list:
              - height: 3
            """
        let value = try StrictYAML.decode(Outer.self, yaml: text, path: "f.yaml")
        #expect(value.title == "12" && value.count == 1000 && value.learningRate == 2e-4)
        #expect(value.flag == true && value.mode == .exact)
        #expect(value.inner == Inner(height: 10, weights: [1, 2.5], names: ["T2": "*_T2*"]))
        #expect(value.list == [Inner(height: 3)])
    }

    @Test(arguments: [
        ("title: a\nfalg: true", "f.yaml, line 2: unknown key 'falg'; did you mean 'flag'?"),
        (
            "title: a\ninner:\n  height: 1\n  wieghts: [1]",
            "line 4: unknown key 'inner.wieghts'; did you mean 'weights'?"
        ),
        ("titel: a", "line 1: unknown key 'titel'; did you mean 'title'?"),
        ("title: a\nlist:\n- height: 1\n- height: 2\n  x: 3", "line 5: unknown key 'list.1.x'; known here: height"),
        ("title: a\nzzzzzz: 1", "known here: count, flag, inner, learningRate, list, mode, title"),
        ("count: 3", "'title' is missing; add it"),
        ("title: a\ncount: -1", "line 2: 'count' must be a whole number that is not negative, not '-1'"),
        ("title: a\nlearningRate: fast", "line 2: 'learningRate' must be a number, not 'fast'"),
        ("title: a\nlearningRate: .nan", "must be a number"),
        ("title: a\nflag: 7", "line 2: 'flag' must be true or false"),
        ("title: a\nmode: quick", "line 2: 'mode' must be one of fast, exact, not 'quick'"),
        ("title: [a]", "'title' must be text"), ("title: a\ninner: 3", "'inner' must be a mapping"),
        ("title: a\nlist: 3", "'list' must be a list"), ("- a", "the file must be a mapping"),
        ("title: 'a", "is not valid YAML"), ("title: a\ntitle: b", "title"), ("", "'title' is missing"),
    ])
    func refusals(_ yaml: String, _ says: String) {
        let text = message(yaml)
        #expect(text.contains(says), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test func brokenLongLineIsNotRepeatedInFull() {
        let text = message("title: [" + String(repeating: "x", count: 5000))
        #expect(text.contains("is not valid YAML") && text.count < 300, "\(text)")
    }

    @Test func missingAndBinaryFiles() {
        #expect(throws: CollaGANError.self) { try StrictYAML.decode(Outer.self, file: "/nonexistent/f.yaml") }
        #expect(throws: CollaGANError.self) { try StrictYAML.decode(Outer.self, file: "/proc/self/exe") }
    }
}
