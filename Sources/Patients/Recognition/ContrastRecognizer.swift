import Files
import Volumes

/// Tells by file names which contrast, mask or segmentation a file holds; what collagan made, by what lies beside it.
package struct ContrastRecognizer: Sendable {
    /// The model's contrasts in its order.
    package let contrasts: [String]
    /// Globs that take precedence over the rules for names.
    package let patterns: [FilePattern]
    /// Whether the four digits of nnU-Net (`case_0000`) decide even where the name holds other words.
    package private(set) var prefersChannelNumbers: Bool
    private var readsChannelNumbers = true
    /// What nnU-Net's `dataset.json` calls the channels; nil where there is none.
    private var channelNames: [Int: String]?

    /// - Throws: `CollaGANError.Code.badConfiguration` if a pattern can fit no file or is for something that is neither one of
    ///   the contrasts nor `brainmask` nor `lesion`.
    package init(
        contrasts: [String], patterns: [FilePattern] = [], prefersChannelNumbers: Bool = false
    ) throws(CollaGANError) {
        (self.contrasts, self.patterns) = (contrasts, patterns)
        self.prefersChannelNumbers = prefersChannelNumbers
        for pattern in patterns {
            guard role(named: pattern.role) != nil else {
                let known = (contrasts + ["brainmask", "lesion"]).joined(separator: ", ")
                throw CollaGANError(
                    .badConfiguration, path: pattern.role,
                    "pattern for '\(pattern.role)': no such image; patterns can be given for \(known)")
            }
            if let fault = pattern.fault {
                throw CollaGANError(
                    .badConfiguration, path: pattern.glob, "pattern '\(pattern.glob)' for \(pattern.role): \(fault)")
            }
        }
    }

    /// The same recogniser for nnU-Net's folders, in which the channel number decides.
    /// - Parameter names: what `dataset.json` calls the channels; nil for the order of the model's contrasts.
    func readingChannels(_ names: [Int: String]?) -> ContrastRecognizer {
        var copy = self
        (copy.prefersChannelNumbers, copy.channelNames) = (true, names)
        return copy
    }

    /// The same recogniser where digits at a name's end count something else than channels.
    func ignoringChannels() -> ContrastRecognizer {
        var copy = self
        (copy.prefersChannelNumbers, copy.readsChannelNumbers) = (false, false)
        return copy
    }

    /// The role of one file and the reason for it.
    /// - Parameters:
    ///   - path: with or without folders; folders count only for patterns that name some.
    ///   - patient: name of the patient; a file name that begins with it is judged by the rest.
    package func recognise(_ path: String, patient: String? = nil) -> Recognition {
        let fileName = FilePath.name(path)
        guard ImageName.isImage(fileName) else { return foreign(path, fileName, patient) }
        let name = ImageName(fileName, patient: patient)
        if OwnImages.contain(path) {
            return Recognition(path: path, role: .ownOutput, reason: "made by collagan, never used as an input")
        }
        for pattern in patterns where pattern.matches(path) {
            return Recognition(
                path: path, role: role(named: pattern.role) ?? .unrecognised,
                reason: "fits the pattern '\(pattern.glob)'")
        }
        let found = judge(name, fileName: fileName)
        if let pattern = patterns.first(where: { role(named: $0.role) == found.role }) {
            let reason = "does not fit the pattern '\(pattern.glob)' given for \(pattern.role)"
            guard case .contrast(let index) = found.role else {
                return Recognition(path: path, role: .unrecognised, reason: reason)
            }
            return Recognition(path: path, role: .unrecognised, reason: reason, mayBeMeant: true, meant: index)
        }
        return Recognition(
            path: path, role: found.role, reason: found.reason, mayBeMeant: found.mayBeMeant, meant: found.meant,
            sign: found.sign)
    }

    /// What a folder's name says that its files are, where each series has a folder of its own (`T1/image.nii.gz`).
    /// - Parameter patient: name of the patient, as for `recognise`.
    package func role(ofFolder name: String, patient: String) -> FileRole? {
        let found = judge(ImageName(name, patient: patient), fileName: name).role
        return found == .unrecognised ? nil : found
    }

    /// Whether a pattern says which files play a role, so that nothing else may.
    func hasPattern(for role: FileRole) -> Bool { patterns.contains { self.role(named: $0.role) == role } }

    /// Name of a role for messages: the contrast's name, `brainmask` or `lesion`.
    package func name(of role: FileRole) -> String {
        switch role {
        case .contrast(let index): contrasts[index]
        case .brainMask: "brainmask"
        case .lesion: "lesion"
        case .ownOutput: "imputed"
        case .unrecognised: "unrecognised"
        }
    }

    private func role(named name: String) -> FileRole? {
        switch name.lowercased() {
        case "brainmask", "mask": return .brainMask
        case "lesion", "seg": return .lesion
        default:
            let canonical = ContrastVocabulary.canonical(name)
            let index =
                contrasts.firstIndex { $0.lowercased() == name.lowercased() }
                ?? contrasts.firstIndex { ContrastVocabulary.canonical($0) == canonical }
            return index.map(FileRole.contrast)
        }
    }

    /// A file that is not NIfTI; one that a contrast's name stands on is mentioned, lest the contrast passes for missing.
    private func foreign(_ path: String, _ fileName: String, _ patient: String?) -> Recognition {
        guard let format = ForeignFormat(fileName) else {
            return Recognition(path: path, role: .unrecognised, reason: "not a .nii or .nii.gz file")
        }
        let name = ImageName(format.stem, patient: patient)
        // Elsewhere than in nnU-Net's folders, digits of a DICOM file count slices.
        let numbered = prefersChannelNumbers ? format.stem + ".nii" : fileName
        guard case .contrast(let index) = judge(name, fileName: numbered).role else {
            return Recognition(path: path, role: .unrecognised, reason: format.reason)
        }
        return Recognition(
            path: path, role: .unrecognised, reason: format.reason, mayBeMeant: true, meant: index)
    }

    /// A role with what a `Recognition` says of it.
    private struct Verdict {
        var role = FileRole.unrecognised
        var reason: String
        var mayBeMeant = false
        var meant: Int?
        var sign: Recognition.Sign?
    }

    private func judge(_ name: ImageName, fileName: String) -> Verdict {
        if prefersChannelNumbers, let channel = channelNumber(fileName) { return channel }
        let found = NameRules.finding(name, extra: contrasts.map { $0.lowercased() })
        if found == .nothing, channelNames == nil, let channel = channelNumber(fileName) { return channel }
        var verdict = verdict(found)
        if NameRules.isOfInpainting(name) { verdict.sign = .inpainting }
        return verdict
    }

    private func verdict(_ finding: NameRules.Finding) -> Verdict {
        switch finding {
        case .brainMask(let reason, let isBare):
            return Verdict(role: .brainMask, reason: reason, sign: isBare ? .bareMask : .brainMask)
        case .lesion(let reason): return Verdict(role: .lesion, reason: reason)
        case .contrast(let contrast, let reason):
            guard let role = role(named: contrast) else {
                return Verdict(reason: "\(reason), which is not among the model's contrasts")
            }
            return Verdict(role: role, reason: reason)
        case .conflict(let reason): return Verdict(reason: reason, mayBeMeant: true)
        case .made(let word, let contrast):
            let index = contrast.flatMap { contrast -> Int? in
                guard case .contrast(let index)? = role(named: contrast) else { return nil }
                return index
            }
            let reason =
                "is called '\(word)'; if it is an acquired image, say so with --pattern \(contrasts[index ?? 0])='…'"
            return Verdict(reason: reason, mayBeMeant: true, meant: index)
        case .other(let reason): return Verdict(reason: reason)
        case .nothing:
            return Verdict(reason: "no part of the name stands for a contrast or a mask", sign: .silent)
        }
    }

    /// nnU-Net's `case_0001`: `dataset.json` names the channels, else the number counts the model's contrasts.
    private func channelNumber(_ fileName: String) -> Verdict? {
        guard readsChannelNumbers, let (_, channel) = NNUNetName.split(fileName) else { return nil }
        let digits = ImageName.stem(fileName).suffix(4)
        guard let channelNames else {
            guard contrasts.indices.contains(channel) else { return nil }
            let reason = "channel _\(digits) of nnU-Net is the model's contrast \(contrasts[channel])"
            return Verdict(role: .contrast(channel), reason: reason)
        }
        guard let text = channelNames[channel] else {
            let reason =
                "is channel _\(digits), which dataset.json does not name; correct it or say what the channel is"
            return Verdict(reason: "\(reason) with --pattern \(contrasts[0])='*_\(digits)'", mayBeMeant: true)
        }
        let said = "is channel _\(digits), which dataset.json calls '\(text)'"
        switch NameRules.contrast(ImageName(text), extra: contrasts.map { $0.lowercased() }) {
        case .contrast(let contrast, _):
            guard let role = role(named: contrast) else {
                return Verdict(reason: "\(said), not one of the model's contrasts")
            }
            return Verdict(role: role, reason: "\(said): \(name(of: role))")
        default:
            let reason = "\(said), which stands for no contrast; say which with --pattern \(contrasts[0])='*_\(digits)'"
            return Verdict(reason: reason, mayBeMeant: true)
        }
    }
}
