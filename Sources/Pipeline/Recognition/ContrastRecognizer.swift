/// Tells by file names which contrast, mask or segmentation a file holds.
public struct ContrastRecognizer: Sendable {
    /// The model's contrasts in its order.
    public let contrasts: [String]
    /// Globs that take precedence over the rules for names.
    public let patterns: [FilePattern]
    /// Whether the four digits of nnU-Net (`case_0000`) decide even where the name holds other words.
    public let prefersChannelNumbers: Bool

    /// - Throws: `PipelineError.Code.badConfiguration` if a pattern is for something that is neither one of the
    ///   contrasts nor `brainmask` nor `lesion`.
    public init(
        contrasts: [String], patterns: [FilePattern] = [], prefersChannelNumbers: Bool = false
    ) throws(PipelineError) {
        (self.contrasts, self.patterns) = (contrasts, patterns)
        self.prefersChannelNumbers = prefersChannelNumbers
        for pattern in patterns where role(named: pattern.role) == nil {
            let known = (contrasts + ["brainmask", "lesion"]).joined(separator: ", ")
            throw PipelineError(
                .badConfiguration, path: pattern.role,
                "pattern for '\(pattern.role)': no such image; patterns can be given for \(known)")
        }
    }

    /// The role of one file and the reason for it.
    /// - Parameters:
    ///   - fileName: without folder.
    ///   - patient: name of the patient; a file name that begins with it is judged by the rest.
    public func recognise(_ fileName: String, patient: String? = nil) -> Recognition {
        let (role, reason) = judge(fileName, patient: patient)
        return Recognition(file: fileName, role: role, reason: reason)
    }

    /// Name of a role for messages: the contrast's name, `brainmask` or `lesion`.
    public func name(of role: FileRole) -> String {
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

    private func judge(_ fileName: String, patient: String?) -> (FileRole, String) {
        guard ImageName.isImage(fileName) else { return (.unrecognised, "not a .nii or .nii.gz file") }
        let name = ImageName(fileName, patient: patient)
        let kinds: [String] = ["imputed", "preprocessed"]
        if let own = kinds.first(where: { name.words.last == $0 || name.entities["desc"] == $0 }) {
            return (.ownOutput, "\(own) by collagan, never used as an input")
        }
        for pattern in patterns where pattern.matches(fileName) {
            return (role(named: pattern.role) ?? .unrecognised, "fits the pattern '\(pattern.glob)'")
        }
        let (found, reason) = judgeByRules(name, fileName: fileName)
        if let pattern = patterns.first(where: { role(named: $0.role) == found }) {
            return (.unrecognised, "does not fit the pattern '\(pattern.glob)' given for \(pattern.role)")
        }
        return (found, reason)
    }

    private func judgeByRules(_ name: ImageName, fileName: String) -> (FileRole, String) {
        if prefersChannelNumbers, let channel = channelNumber(fileName) { return channel }
        if let mask = NameRules.mask(name) { return mask }
        switch NameRules.contrast(name, extra: contrasts.map { $0.lowercased() }) {
        case .found(let contrast, let reason):
            guard let role = role(named: contrast) else {
                return (.unrecognised, "\(reason), which is not among the model's contrasts")
            }
            return (role, reason)
        case .conflict(let reason):
            return (.unrecognised, reason)
        case .nothing:
            return channelNumber(fileName) ?? (.unrecognised, "no part of the name stands for a contrast or a mask")
        }
    }

    /// nnU-Net's `case_0001`: the number counts the model's contrasts.
    private func channelNumber(_ fileName: String) -> (FileRole, String)? {
        guard let (_, channel) = NNUNetName.split(fileName), contrasts.indices.contains(channel) else { return nil }
        let digits = ImageName.stem(fileName).suffix(4)
        return (.contrast(channel), "channel _\(digits) of nnU-Net is the model's contrast \(contrasts[channel])")
    }
}

/// nnU-Net's file names: `<case>_<channel, four digits>`.
enum NNUNetName {
    /// Case and channel; nil if the name is made otherwise.
    static func split(_ fileName: String) -> (caseName: String, channel: Int)? {
        let stem = ImageName.stem(fileName)
        let digits = stem.suffix(4)
        guard stem != fileName, digits.count == 4, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let channel = Int(digits)
        else { return nil }
        let rest = stem.dropLast(4)
        guard rest.last == "_", rest.count > 1 else { return nil }
        return (String(rest.dropLast()), channel)
    }
}
