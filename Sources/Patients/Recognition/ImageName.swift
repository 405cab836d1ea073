/// A NIfTI file's name taken apart into word-like parts.
///
/// Parts are separated by anything that is neither letter nor digit, so "T1" is never found inside "PAT1". In a BIDS
/// name (`sub-01_ce-gadolinium_T1w`) the `key-value` entities are set apart.
package struct ImageName {
    /// A part of a name and where it stands.
    struct Token {
        enum Place {
            case name
            /// BIDS' `acq-` and `rec-`: how it was taken, not what it is.
            case acquisition
            /// BIDS' `desc-` and `label-`: of what, if it is a mask.
            case description
        }

        let text: String
        let place: Place
    }

    /// Lower-case parts that are not BIDS entities.
    package let words: [String]
    /// BIDS entities, lower case; empty for other names.
    let entities: [String: String]
    /// All parts that say what the image is, signs of agent ("+") among them.
    let tokens: [Token]

    /// - Parameters:
    ///   - fileName: with or without `.nii` / `.nii.gz`.
    ///   - patient: taken off the front where the rest still holds words, since folders repeat their name in their files.
    package init(_ fileName: String, patient: String? = nil) {
        var stem = Self.stem(fileName).lowercased()
        if let prefix = patient?.lowercased(), stem.hasPrefix(prefix) {
            let rest = stem.dropFirst(prefix.count)
            if let first = rest.first, !Self.belongsToWord(first), rest.contains(where: Self.belongsToWord) {
                stem = String(rest)
            }
        }
        guard Self.stem(fileName).lowercased().hasPrefix("sub-") else {
            words = Self.words(stem)
            tokens = Self.tokens(stem, .name)
            entities = [:]
            return
        }
        var (words, entities, tokens) = ([String](), [String: String](), [Token]())
        for part in stem.split(separator: "_") {
            let pair = part.split(separator: "-", maxSplits: 1).map(String.init)
            guard pair.count == 2, part.first != "-", Self.keys.contains(pair[0]) else {
                words += Self.words(String(part))
                tokens += Self.tokens(String(part), .name)
                continue
            }
            entities[pair[0]] = pair[1]
            switch pair[0] {
            case "acq", "rec": tokens += Self.tokens(pair[1], .acquisition)
            case "desc", "label": tokens += Self.tokens(pair[1], .description)
            default: break
            }
        }
        (self.words, self.entities, self.tokens) = (words, entities, tokens)
    }

    /// BIDS' entities; `T2-FLAIR` is none.
    private static let keys = Set(
        """
        sub ses sample task acq ce trc stain rec dir run mod echo flip inv mt part proc hemi space split recording chunk
        atlas seg scale res den label desc from to mode cohort tpl tracksys nuc voi model subset
        """.split { $0 == " " || $0 == "\n" }.map(String.init))

    /// The name without `.nii` or `.nii.gz`.
    package static func stem(_ fileName: String) -> String {
        for ending in [".nii.gz", ".nii"] where fileName.lowercased().hasSuffix(ending) {
            return String(fileName.dropLast(ending.count))
        }
        return fileName
    }

    /// Whether a name ends as NIfTI files do and is not hidden.
    package static func isImage(_ fileName: String) -> Bool {
        stem(fileName) != fileName && !fileName.hasPrefix(".")
    }

    private static func words(_ text: String) -> [String] {
        text.split { !belongsToWord($0) }.map(String.init)
    }

    private static func tokens(_ text: String, _ place: Token.Place) -> [Token] {
        text.replacing("+", with: "_+_").split { !belongsToWord($0) && $0 != "+" }.map {
            Token(text: String($0), place: place)
        }
    }

    /// The star belongs to a word so that "T2*" is not T2.
    private static func belongsToWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "*"
    }
}
