/// What a name means, from what its words assert (`ContrastVocabulary`), wherever they stand.
///
/// First to last: a mask or segmentation is of what stands with it, lesion before part before brain; a made image, a
/// map or another sequence is none of the contrasts; then the one contrast that the words name. T2 with suppressed
/// fluid is FLAIR, T1 with agent T1Gd, T2 as gradient echo none; two contrasts are a conflict.
enum NameRules {
    /// Half a sentence says why.
    enum Finding: Equatable {
        /// - Parameter isBare: the name says no more than "mask".
        case brainMask(String, isBare: Bool)
        case lesion(String)
        case contrast(String, String)
        /// It may be several things.
        case conflict(String)
        /// A program made it; of which contrast.
        case made(String, contrast: String?)
        /// Known to be none of these.
        case other(String)
        case nothing
    }

    /// - Parameter extra: lower-case names of the model's contrasts.
    static func finding(_ name: ImageName, extra: [String]) -> Finding {
        let words = words(name, extra)
        return mask(name, words) ?? contrast(name, words)
    }

    /// What a name says of contrasts alone, masks and lesions left aside.
    /// - Parameter extra: lower-case names of the model's contrasts.
    static func contrast(_ name: ImageName, extra: [String]) -> Finding {
        contrast(name, words(name, extra))
    }

    /// Whether a name says that no contrast agent was given.
    static func deniesAgent(_ name: ImageName) -> Bool {
        let words = words(name, [])
        return words.all.indices.contains { index in
            words.all[index].is(.negation) || words.all[index].is(.agent, .clearAgent) && words.isNegated(index)
        }
    }

    /// Whether a name is one of a data set of images with regions cut out or to be filled.
    static func isOfInpainting(_ name: ImageName) -> Bool { words(name, []).has(.inpainting, .regionToFill) }

    private static func words(_ name: ImageName, _ extra: [String]) -> NameWords {
        // Names that the table has means it, too, are the table's business.
        NameWords(name, extra: Set(extra.filter { ContrastVocabulary.canonical($0) == $0 }))
    }

    private static func mask(_ name: ImageName, _ words: NameWords) -> Finding? {
        if name.words.first == "vsd", name.words.contains("ot") {
            return .lesion("'OT' stands for BraTS' segmentation")
        }
        if let region = words.first(.regionToFill) {
            return .other("'\(region.text)' stands for a region to be filled")
        }
        let sign = words.first(.mask, .numberedMask) ?? words.first(.segmentation)
        guard let sign = sign ?? (words.has(.filling) ? nil : words.first(.lesion)) else { return nil }
        func and(_ word: NameWords.Word) -> String {
            Set([word.whole, sign.whole]).count == 1 ? "'\(sign.whole)'" : "'\(word.whole)' with '\(sign.whole)'"
        }
        if let region = words.first(.inpainting) { return .other("\(and(region)) is a region to be filled") }
        if let index = words.all.firstIndex(where: {
            $0.is(.lesion, .pathology) && (!$0.is(.lesion) || !words.has(.filling))
        }) {
            return words.isNegated(index)
                ? .other("\(and(words.all[index])) is what is outside of a lesion")
                : .lesion("\(and(words.all[index])) stands for a lesion segmentation")
        }
        if let part = words.first(.anatomy, .tissue) {
            return .other("\(and(part)) is a mask of '\(part.text)', not of the brain")
        }
        if let map = words.first(.map) { return .other("\(and(map)) is no mask of brain or lesion") }
        if let index = words.all.firstIndex(where: { $0.is(.brain) }) {
            return brain(words, index, sign, because: and(words.all[index]))
        }
        if let label = [name.entities["label"], name.entities["desc"]].compactMap({ $0 }).first {
            return .other("a mask of '\(label)', not of the brain")
        }
        if sign.is(.numberedMask) {
            return .lesion("'\(sign.whole)', one of several masks, stands for a lesion segmentation")
        }
        if sign.is(.mask), !words.has(.segmentation) {
            return .brainMask("'\(sign.whole)' stands for a brain mask", isBare: true)
        }
        guard sign.text != "dseg" else { return .other("'dseg' stands for labels of tissues or regions") }
        return .lesion("'\(sign.whole)' stands for a lesion segmentation")
    }

    /// A mask or segmentation beside a word for the brain.
    private static func brain(_ words: NameWords, _ index: Int, _ sign: NameWords.Word, because text: String) -> Finding
    {
        if words.isNegated(index) { return .other("\(text) is what is not brain") }
        let isOfContrast = words.all.contains { if case .contrast = $0.assertion { true } else { false } }
        // Programs that segment tissues call the result so.
        if !sign.is(.mask, .numberedMask), isOfContrast || sign.text == "dseg" {
            return .other("\(text) may be of tissues; say so with --pattern brainmask='…' if it is the brain's")
        }
        return .brainMask("\(text) stands for a brain mask", isBare: false)
    }

    private static func contrast(_ name: ImageName, _ words: NameWords) -> Finding {
        if let part = name.entities["part"], ContrastVocabulary.partsNotMagnitude.contains(part) {
            return .other("'part-\(part)' is not the magnitude")
        }
        if let inversion = name.entities["inv"] { return .other("'inv-\(inversion)' is one of several inversions") }
        let verdict = NamedContrast(words, entities: name.entities).finding
        if let made = words.first(.made, .inpainting), !words.has(.filling) {
            if case .contrast(let contrast, _) = verdict { return .made(made.text, contrast: contrast) }
            return .made(made.text, contrast: nil)
        }
        return verdict
    }
}
