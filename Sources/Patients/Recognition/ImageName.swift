/// A NIfTI file's name taken apart into word-like parts.
///
/// Parts are separated by anything that is neither letter nor digit, so "T1" is never found inside "T1Gd". In a BIDS
/// name (`sub-01_ce-gadolinium_T1w`) the `key-value` entities are set apart and only the rest counts as words.
package struct ImageName {
    /// Lower-case parts that are not BIDS entities.
    package let words: [String]
    /// BIDS entities, lower case; empty for other names.
    let entities: [String: String]

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
            words = stem.split { !Self.belongsToWord($0) }.map(String.init)
            entities = [:]
            return
        }
        var (words, entities) = ([String](), [String: String]())
        for part in stem.split(separator: "_") {
            let pair = part.split(separator: "-", maxSplits: 1)
            if pair.count == 2, part.first != "-" {
                entities[String(pair[0])] = String(pair[1])
            } else {
                words += part.split { !Self.belongsToWord($0) }.map(String.init)
            }
        }
        (self.words, self.entities) = (words, entities)
    }

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

    /// The star belongs to a word so that "T2*" is not T2.
    private static func belongsToWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "*"
    }
}
