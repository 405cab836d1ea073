/// What the description of a series says it is, by the words for file names.
package enum DescribedContrast: Equatable, Sendable {
    /// T1, T1Gd, T2, FLAIR.
    /// - Parameter isPlain: no agent was given, it says.
    case contrast(String, isPlain: Bool)
    /// Known to be none of these; half a sentence says why.
    case other(String)
    /// It may be several things; half a sentence.
    case conflict(String)
    /// A program made it; half a sentence.
    case made(String)
    case nothing

    /// - Parameter text: e.g. "AX T1 FSE +C".
    package init(_ text: String) {
        let name = ImageName(text)
        switch NameRules.contrast(name, extra: []) {
        case .contrast(let contrast, _): self = .contrast(contrast, isPlain: NameRules.deniesAgent(name))
        case .other(let reason): self = .other(reason)
        case .conflict(let reason): self = .conflict(reason)
        case .made(let word, _): self = .made("'\(word)' stands for an image that a program made")
        default: self = .nothing
        }
    }
}
