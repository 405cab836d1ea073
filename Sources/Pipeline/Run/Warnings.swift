/// What a user must be told about an imputed contrast whatever its scores.
enum Warnings {
    /// METHOD §7: enhancement is not in the other contrasts. Nil for other contrasts.
    static func inherent(_ contrast: String) -> String? {
        guard ContrastVocabulary.canonical(contrast) == "T1Gd" else { return nil }
        return "imputed \(contrast): gadolinium enhancement cannot be recovered from the other contrasts; neither its"
            + " presence nor its absence may be read from this image"
    }
}
