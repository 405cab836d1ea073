/// The parts of a name with what each asserts.
struct NameWords {
    struct Word {
        /// As it stands in the table: one of the words that a part of the name is run together from, or a phrase.
        let text: String
        /// The part or parts of the name that it was found in.
        let whole: String
        /// nil for a word that the table does not have.
        let assertion: Assertion?
        let place: ImageName.Token.Place

        func `is`(_ assertions: Assertion...) -> Bool { assertion.map(assertions.contains) ?? false }
    }

    let all: [Word]

    /// - Parameter extra: lower-case names of contrasts of the model's own.
    init(_ name: ImageName, extra: Set<String>) {
        var (words, rest): ([Word], ArraySlice<ImageName.Token>) = ([], name.tokens[...])
        while let token = rest.first {
            let place = token.place
            if let phrase = Self.phrase(rest) {
                words.append(Word(text: phrase.text, whole: phrase.text, assertion: phrase.assertion, place: place))
                rest = rest.dropFirst(phrase.count)
                continue
            }
            rest = rest.dropFirst()
            if extra.contains(token.text) {
                words.append(
                    Word(text: token.text, whole: token.text, assertion: .contrast(token.text), place: place))
            } else {
                let parts = Self.parts(token.text) ?? [(token.text, nil)]
                words += parts.map { Word(text: $0.0, whole: token.text, assertion: $0.1, place: place) }
            }
        }
        all = words
    }

    func first(_ assertions: Assertion...) -> Word? {
        all.first { $0.assertion.map(assertions.contains) ?? false }
    }

    func has(_ assertions: Assertion...) -> Bool {
        all.contains { $0.assertion.map(assertions.contains) ?? false }
    }

    /// Whether "no", "pre", "without" stands in front of a word, with nothing but agents and such between.
    func isNegated(_ index: Int) -> Bool {
        for word in all[..<index].reversed() {
            if word.is(.negation) { return true }
            guard word.is(.agent, .shortAgent, .clearAgent, .filler) else { return false }
        }
        return false
    }

    /// Two or three parts that are one word of the table.
    private static func phrase(
        _ tokens: ArraySlice<ImageName.Token>
    ) -> (text: String, count: Int, assertion: Assertion)? {
        for count in [3, 2] where tokens.count >= count {
            let text = tokens.prefix(count).map(\.text).joined(separator: " ")
            if let assertion = ContrastVocabulary.assertions[text] { return (text, count, assertion) }
        }
        return nil
    }

    private typealias Part = (String, Assertion?)

    /// The word itself, or the words it is run together from; nil if it is none.
    private static func parts(_ word: String) -> [Part]? {
        if let assertion = ContrastVocabulary.assertions[word] { return [(word, assertion)] }
        if word.dropLast() == "mask", word.last?.isNumber == true { return [(word, .numberedMask)] }
        guard word.count <= longest else { return nil }
        if let parts = split(word[...]), parts.contains(where: { $0.1 != .filler }) { return parts }
        return word.last?.isNumber == true ? counted(word.dropLast()) : nil
    }

    /// Images and masks of which there are several: `flair2`, `tumorMask1`; nil for other words with a digit.
    private static func counted(_ word: Substring) -> [Part]? {
        guard word.count > 3, word.last?.isNumber == false, let parts = split(word) else { return nil }
        let isImage = parts.contains { part in
            if case .contrast = part.1 { return true }
            return [.mask, .segmentation, .lesion].contains(part.1)
        }
        return isImage ? parts : nil
    }

    /// Longer words are not taken apart.
    private static let longest = 40

    /// The longest words first; all of it has to be words.
    private static func split(_ word: Substring) -> [Part]? {
        if word.isEmpty { return [] }
        for length in stride(from: min(word.count, 16), to: 0, by: -1) {
            let head = String(word.prefix(length))
            guard let assertion = ContrastVocabulary.assertions[head], !ContrastVocabulary.wholeOnly.contains(head),
                let tail = split(word.dropFirst(length))
            else { continue }
            return [(head, assertion)] + tail
        }
        return nil
    }
}
