import Files

/// Names the images of a patient that were not used while a contrast is missing, lest an acquired one passes for it.
enum UnusedImages {
    /// So many are named.
    private static let shown = 8

    /// - Parameter contrasts: the model's.
    static func remark(on patient: Patient, contrasts: [String]) -> Patient.Remark? {
        let used = Set(patient.inputPaths)
        let unused = patient.recognitions.filter { file in
            file.role == .unrecognised && ImageName.isImage(file.file) && !file.mayBeMeant && !used.contains(file.path)
        }
        guard patient.problem == nil, !patient.missing.isEmpty, !unused.isEmpty else { return nil }
        let missing = patient.missing.map { contrasts[$0] }
        let told = unused.map { (file: $0, candidate: candidate($0, missing)) }
        // What may be the missing contrast is named before what is known to be something else.
        let ordered = told.filter { $0.candidate != nil } + told.filter { $0.candidate == nil }
        let names = ordered.prefix(shown).map { file, candidate in
            "\(file.file) (\(candidate.map { "may be \($0)" } ?? file.reason))"
        }
        let more = ordered.count > shown ? " and \(ordered.count - shown) more" : ""
        return Patient.Remark(
            .leftOut,
            "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing, and not used were"
                + " \(names.joined(separator: ", "))\(more); if one is a missing contrast, rename it or say so,"
                + " e.g. --pattern \(missing[0])='\(ordered[0].file.file)'")
    }

    /// The missing contrasts that an image may be, by its sidecar or for want of any word; nil where its name says
    /// otherwise.
    private static func candidate(_ file: Recognition, _ missing: [String]) -> String? {
        if let claim = SidecarClaim(of: file.path),
            let contrast = ContrastVocabulary.name(claim.contrast, among: missing)
        {
            return "\(contrast): \(claim.evidence)"
        }
        return file.saysNothing ? missing.joined(separator: " or ") : nil
    }
}
