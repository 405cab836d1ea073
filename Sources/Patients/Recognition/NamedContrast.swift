/// The one contrast that the words of a name mean.
struct NamedContrast {
    private let words: NameWords
    /// BIDS' `ce-`, where it names an agent.
    private let givenAgent: String?

    init(_ words: NameWords, entities: [String: String]) {
        self.words = words
        let given = entities["ce"].flatMap { value -> String? in
            let isNone = ContrastVocabulary.assertions[value] == .negation || value == "none"
            return isNone ? nil : "ce-\(value)"
        }
        givenAgent = given
    }

    var finding: NameRules.Finding {
        var named: [Int] = words.all.indices.filter { contrast($0) != nil }
        if let other = words.first(.otherSequence, .map, .tissue) { return .other(Self.other(other)) }
        if let other = words.first(.protonDensity), named.allSatisfy({ contrast($0) == "T2" }) {
            return .other(Self.other(other))
        }
        if named.isEmpty, let other = words.first(.otherModality) {
            return .other("'\(other.whole)' stands for no MRI")
        }
        let fluid = words.all.indices.first { isFluid($0) }
        var signs: [NameWords.Word] = []
        if let fluid {
            let kept = named.filter { contrast($0) != "T2" || hasConnector(between: $0, and: fluid) }
            signs = named.filter { !kept.contains($0) }.map { words.all[$0] }
            named = kept
        }
        if let echo = words.first(.gradientEcho), fluid == nil, named.allSatisfy({ contrast($0) == "T2" }),
            !words.has(.usuallyT1)
        {
            return .other("'\(echo.whole)' without T1 stands for a gradient echo")
        }
        guard let first = named.first else { return unnamed(fluid, signs) }
        if let other = words.all.firstIndex(where: { $0.is(.usuallyFLAIR) }), hasConnector(between: first, and: other) {
            return conflict(first, other)
        }
        if let other = named.first(where: { contrast($0) != contrast(first) }) { return conflict(first, other) }
        let meant = contrast(first) ?? ""
        if let fluid, !named.contains(fluid) {
            guard meant == "FLAIR" else { return conflict(first, fluid) }
        }
        guard meant == "T1" else { return Self.found(meant, signs + [words.all[first]]) }
        if let enhanced = named.first(where: carriesAgent), let plain = named.first(where: isPlainT1) {
            return .conflict(Self.two(words.all[min(plain, enhanced)], words.all[max(plain, enhanced)], "T1", "T1Gd"))
        }
        return t1(named)
    }

    /// No contrast is named as such.
    private func unnamed(_ fluid: Int?, _ signs: [NameWords.Word]) -> NameRules.Finding {
        if let fluid { return Self.found("FLAIR", signs + [words.all[fluid]]) }
        if let usual = words.first(.usuallyFLAIR) { return Self.found("FLAIR", [usual]) }
        if let usual = words.all.firstIndex(where: { $0.is(.usuallyT1) }) { return t1([usual]) }
        let clear = words.all.indices.first { words.all[$0].is(.clearAgent) && !words.isNegated($0) }
        guard let clear else { return .nothing }
        return Self.found("T1Gd", [words.all[clear]])
    }

    /// T1 or T1Gd.
    private func t1(_ named: [Int]) -> NameRules.Finding {
        let word = words.all[named[0]]
        if let givenAgent { return .contrast("T1Gd", "'\(word.whole)' with '\(givenAgent)' stands for T1Gd") }
        for index in words.all.indices where isAgent(index, besideOneOf: named) {
            if words.all[index].is(.post, .shortAgent), !named.contains(where: { isLinked(index, to: $0) }) {
                return .conflict(
                    "has '\(words.all[index].text)' far in front of '\(word.text)', which may mean agent or not;"
                        + " say which with --pattern T1='…' or T1Gd='…'")
            }
            return Self.found("T1Gd", [word, words.all[index]])
        }
        return Self.found("T1", [word])
    }

    private func isAgent(_ index: Int, besideOneOf named: [Int]) -> Bool {
        let word = words.all[index]
        guard !words.isNegated(index) else { return false }
        switch word.assertion {
        case .agent, .shortAgent, .clearAgent: return true
        case .post: return !(index + 1 < words.all.count && words.all[index + 1].is(.treatment))
        case .letterC: return word.place == .name && named.contains { abs($0 - index) == 1 }
        default: return false
        }
    }

    /// Whether "post" or "km" belongs to a contrast: behind it, or in front with nothing unknown between.
    private func isLinked(_ agent: Int, to contrast: Int) -> Bool {
        agent > contrast || words.all[agent].place == .acquisition
            || words.all[agent..<contrast].allSatisfy { $0.assertion != nil }
    }

    /// Of acquisitions (`acq-t2_T1w`) only what BIDS' suffix leaves open counts.
    private func contrast(_ index: Int) -> String? {
        guard words.all[index].place == .name, case .contrast(let contrast) = words.all[index].assertion else {
            return nil
        }
        // `regT1` says what it was brought onto.
        if index > 0, words.all[index - 1].is(.connector), words.all[index - 1].whole == words.all[index].whole {
            return nil
        }
        return contrast
    }

    private func isFluid(_ index: Int) -> Bool {
        let word = words.all[index]
        if word.is(.usuallyFLAIR) {
            return [index - 1, index + 1].contains { words.all.indices.contains($0) && contrast($0) == "T2" }
        }
        return word.is(.fluidSuppression) || word.is(.contrast("FLAIR")) && word.place != .description
    }

    private func hasConnector(between first: Int, and second: Int) -> Bool {
        words.all[min(first, second)...max(first, second)].contains { $0.is(.connector) }
    }

    /// A word of its own that says T1 and no more.
    private func isPlainT1(_ index: Int) -> Bool {
        words.all[index].text.hasPrefix("t1") && words.all[index].whole == words.all[index].text
    }

    /// A word that says T1 and agent in one (`t1ce`).
    private func carriesAgent(_ index: Int) -> Bool {
        let (text, whole) = (words.all[index].text, words.all[index].whole)
        return text.hasPrefix("t1") && text != whole
            && words.all.indices.contains {
                words.all[$0].whole == whole && words.all[$0].is(.agent, .shortAgent, .clearAgent, .post, .letterC)
                    && !words.isNegated($0)
            }
    }

    private func conflict(_ first: Int, _ other: Int) -> NameRules.Finding {
        func contrast(_ index: Int) -> String {
            guard let name = self.contrast(index) else { return "FLAIR" }
            guard name == "T1", case .contrast(let found, _) = t1([index]) else { return name }
            return found
        }
        let (one, two) = (min(first, other), max(first, other))
        return .conflict(Self.two(words.all[one], words.all[two], contrast(one), contrast(two)))
    }

    private static func two(
        _ first: NameWords.Word, _ second: NameWords.Word, _ one: String, _ two: String
    ) -> String {
        "names two contrasts, '\(first.whole)' (\(one)) and '\(second.whole)' (\(two));"
            + " say which with --pattern \(one)='…'"
    }

    private static func other(_ word: NameWords.Word) -> String {
        word.is(.map, .tissue)
            ? "'\(word.whole)' stands for a map, no scan" : "'\(word.whole)' stands for another sequence"
    }

    /// - Parameter decided: the words that decided.
    private static func found(_ contrast: String, _ decided: [NameWords.Word]) -> NameRules.Finding {
        var names: [String] = []
        for word in decided where !names.contains(word.whole) { names.append(word.whole) }
        return .contrast(contrast, names.map { "'\($0)'" }.joined(separator: " with ") + " stands for \(contrast)")
    }
}
