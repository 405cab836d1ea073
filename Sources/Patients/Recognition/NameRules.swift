/// The rules by which word-like parts of a name decide (see `ContrastVocabulary` for the words).
enum NameRules {
    /// What the words say about the contrast.
    package enum Finding: Equatable {
        case found(contrast: String, reason: String)
        case conflict(String)
        case nothing
    }

    /// Masks and segmentations; a name that speaks of a mask is never a contrast, whatever else it holds.
    package static func mask(_ name: ImageName) -> (FileRole, String)? {
        let words = name.words
        if words.first == "vsd", words.contains("ot") {
            return (.lesion, "'OT' stands for BraTS' segmentation")
        }
        let described = [name.entities["desc"], name.entities["label"]].compactMap { $0 }
        if let word = described.first(where: { ContrastVocabulary.lesions.contains($0) }) {
            return (.lesion, "BIDS entity '\(word)' stands for a lesion segmentation")
        }
        for (index, word) in words.enumerated() {
            let (previous, next) = (
                index > 0 ? words[index - 1] : nil, index + 1 < words.count ? words[index + 1] : nil
            )
            if word == "gold", next == "standard" {
                return (.lesion, "'GOLD_STANDARD' stands for a lesion segmentation")
            }
            guard ContrastVocabulary.lesions.contains(word), next != "filled", next != "filling" else { continue }
            if previous == "brain" { return (.brainMask, "'brain \(word)' stands for a brain mask") }
            return (.lesion, "'\(word)' stands for a lesion segmentation")
        }
        guard let word = words.first(where: { ContrastVocabulary.masks.contains($0) }) else { return nil }
        if let label = described.first, label != "brain" {
            return (.unrecognised, "a mask of '\(label)', not of the brain")
        }
        return (.brainMask, "'\(word)' stands for a brain mask")
    }

    /// The one contrast that the words name.
    /// - Parameter extra: lower-case names of the model's contrasts, which are words too.
    package static func contrast(_ name: ImageName, extra: [String]) -> Finding {
        let words = name.words
        guard !words.contains("ratio"), !ContrastVocabulary.partsNotMagnitude.contains(name.entities["part"] ?? "")
        else { return .nothing }
        var found: [(index: Int, contrast: String, word: String)] = []
        for (index, whole) in words.enumerated() {
            let word = whole.hasPrefix("3d") || whole.hasPrefix("2d") ? String(whole.dropFirst(2)) : whole
            guard let contrast = ContrastVocabulary.contrasts[word] ?? (extra.contains(whole) ? whole : nil) else {
                continue
            }
            if index + 1 < words.count, ContrastVocabulary.otherSequences.contains(words[index + 1]) { continue }
            found.append((index, contrast, whole))
        }
        joinT2FLAIR(&found)
        for position in found.indices where found[position].contrast == "T1" {
            guard let sign = enhancement(words, at: found[position].index, entities: name.entities) else { continue }
            found[position].contrast = "T1Gd"
            found[position].word += "' with '\(sign)"
        }
        guard let first = found.first else { return .nothing }
        if let other = found.first(where: { $0.contrast != first.contrast }) {
            return .conflict(
                "names two contrasts, '\(first.word)' (\(first.contrast)) and '\(other.word)' (\(other.contrast));"
                    + " say which with --pattern \(first.contrast)='…'")
        }
        return .found(contrast: first.contrast, reason: "'\(first.word)' stands for \(first.contrast)")
    }

    /// "T2_FLAIR" and "FLAIR-T2" are FLAIR.
    private static func joinT2FLAIR(_ found: inout [(index: Int, contrast: String, word: String)]) {
        let flairs = found.filter { $0.contrast == "FLAIR" }.map(\.index)
        found.removeAll { entry in entry.contrast == "T2" && flairs.contains { abs($0 - entry.index) == 1 } }
    }

    /// The word that makes the T1 at `index` an enhanced one; nil if none does.
    private static func enhancement(_ words: [String], at index: Int, entities: [String: String]) -> String? {
        if let agent = entities["ce"], !ContrastVocabulary.negations.contains(agent), agent != "none" {
            return "ce-\(agent)"
        }
        if let acquisition = entities["acq"], ContrastVocabulary.enhancedAcquisitions.contains(acquisition) {
            return "acq-\(acquisition)"
        }
        for (position, word) in words.enumerated() {
            let isBeside = abs(position - index) == 1 && ContrastVocabulary.enhancedBeside.contains(word)
            guard isBeside || ContrastVocabulary.enhancedAnywhere.contains(word) else { continue }
            if position > 0, ContrastVocabulary.negations.contains(words[position - 1]) { continue }
            if position + 1 < words.count, word == "post",
                ContrastVocabulary.treatments.contains(words[position + 1])
            {
                continue
            }
            return word
        }
        return nil
    }
}
