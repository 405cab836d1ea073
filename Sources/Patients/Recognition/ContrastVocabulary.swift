/// The words by which file names tell what kind of image they hold.
package enum ContrastVocabulary {
    /// Word → contrast. A leading "3d" or "2d" is taken off before looking.
    package static let contrasts: [String: String] = [
        "t1": "T1", "t1w": "T1", "t1n": "T1", "mprage": "T1",
        "t1gd": "T1Gd", "t1c": "T1Gd", "t1ce": "T1Gd", "t1post": "T1Gd", "t1ks": "T1Gd", "t1wks": "T1Gd",
        "t1gado": "T1Gd", "t1gad": "T1Gd", "t1km": "T1Gd", "t1wce": "T1Gd", "t1wgd": "T1Gd", "t1wpost": "T1Gd",
        "t2": "T2", "t2w": "T2",
        "flair": "FLAIR", "fla": "FLAIR", "t2f": "FLAIR", "t2flair": "FLAIR",
    ]
    /// Words that make a T1 beside them (`T1_post`, `Gd-T1`) a T1Gd.
    static let enhancedBeside: Set<String> = ["post", "ce", "c", "ks", "km", "contrast", "enhanced"]
    /// Words that make a T1 anywhere in the name a T1Gd.
    static let enhancedAnywhere: Set<String> = ["gd", "gad", "gado", "gadolinium", "postcontrast", "postgd", "postgad"]
    /// BIDS acquisition labels that make a T1w a T1Gd.
    static let enhancedAcquisitions: Set<String> = enhancedAnywhere.union([
        "ce", "post", "t1gd", "t1ce", "t1c", "t1post", "contrast", "enhanced",
    ])
    /// BIDS parts of a complex image that are not its magnitude.
    static let partsNotMagnitude: Set<String> = ["phase", "real", "imag"]
    /// Values of BIDS' `space` that mean the subject's own space.
    static let ownSpaces: Set<String> = [
        "t1w", "t2w", "flair", "t1", "t2", "t1gd", "orig", "native", "individual", "subject", "anat",
    ]
    /// Words that turn the word behind them into its opposite: `pre_contrast`, `no_gd`.
    static let negations: Set<String> = ["pre", "no", "non", "without"]
    /// Words behind "post" that speak of treatment, not of contrast agent.
    static let treatments: Set<String> = ["op", "operative", "surgery", "treatment", "tx", "rt", "chemo", "therapy"]
    /// Words behind a contrast that make it a map or another sequence: `T1_map`, `T2_star`.
    static let otherSequences: Set<String> = ["map", "mapping", "rho", "star", "starw", "relaxation"]
    package static let lesions: Set<String> = ["seg", "segm", "segmentation", "lesion", "lesions", "wmh"]
    package static let masks: Set<String> = ["mask", "brainmask"]

    /// Name of the contrast that a model's own name for it stands for, e.g. "t1c" → "T1Gd"; other names stay.
    package static func canonical(_ modelContrast: String) -> String {
        contrasts[modelContrast.lowercased()] ?? modelContrast
    }

    /// Which of some contrasts a name means: that name, regardless of case, or by what it stands for, e.g. "t1ce" for T1Gd.
    /// - Returns: nil for a name that means none of them.
    package static func name(_ name: String, among contrasts: [String]) -> String? {
        let canonical = canonical(name).lowercased()
        return contrasts.first { $0 == name } ?? contrasts.first { $0.lowercased() == name.lowercased() }
            ?? contrasts.first { self.canonical($0).lowercased() == canonical }
    }
}
