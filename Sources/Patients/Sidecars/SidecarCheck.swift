import Files

/// Compares what a patient's files are called with what the JSON files beside them say.
package enum SidecarCheck {
    /// Why a file's sidecar contradicts it, as a sentence; nil where it does not.
    /// - Parameters:
    ///   - contrast: what the file is taken for.
    ///   - known: the model's contrasts.
    package static func contradiction(_ path: String, _ contrast: String, among known: [String], because reason: String)
        -> String?
    {
        let name = ContrastVocabulary.canonical(contrast)
        guard ["T1", "T1Gd", "T2", "FLAIR"].contains(name), let claim = SidecarClaim(of: path, against: name) else {
            return nil
        }
        let file = FilePath.name(path)
        let remedy =
            ContrastVocabulary.name(claim.contrast, among: known).map { "or give --pattern \($0)='\(file)'" }
            ?? "or leave it out"
        return "\(file) is taken for \(contrast) (\(reason)), but \(FilePath.name(claim.path)) says \(claim.contrast)"
            + " (\(claim.evidence)); look at the image and rename it \(remedy)"
    }
}
