import Files
import Patients

/// How patients are prepared.
package struct PreparationSettings: Sendable {
    /// Contrasts that are looked for, in the model's order.
    package var contrasts: [String]
    /// The contrast on whose grid all shall lie; nil for the one with the smallest largest voxel side.
    package var reference: String?
    /// Contrast → number of the DICOM series that the user names for it.
    package private(set) var series: [String: Int] = [:]
    /// Patterns for names of files.
    package private(set) var patterns: [FilePattern] = []
    /// The program that finds brains; nil for none.
    package var brainCommand: BrainCommand?
    /// The network that finds them where nothing else does; nil for none.
    package var network: BrainNetwork?

    /// - Parameters:
    ///   - reference: regardless of case and by what the name stands for.
    ///   - patterns: those of the form `series:8` decide on DICOM series, the others on files.
    /// - Throws: `CollaGANError.Code.badConfiguration` for an unknown contrast or what is no number of a series.
    package init(
        contrasts: [String] = ["T1", "T1Gd", "T2", "FLAIR"], reference: String? = nil, patterns: [FilePattern] = [],
        brainCommand: BrainCommand? = nil, network: BrainNetwork? = nil
    ) throws(CollaGANError) {
        (self.contrasts, self.brainCommand, self.network) = (contrasts, brainCommand, network)
        func known(_ name: String, _ option: String) throws(CollaGANError) -> String {
            guard let contrast = ContrastVocabulary.name(name, among: contrasts) else {
                throw CollaGANError(
                    .badConfiguration, path: name,
                    "'\(option)': there is no contrast \(name), only \(contrasts.joined(separator: ", "))")
            }
            return contrast
        }
        if let reference { self.reference = try known(reference, "--reference \(reference)") }
        for pattern in patterns {
            guard pattern.glob.hasPrefix(Self.seriesPrefix) else {
                self.patterns.append(pattern)
                continue
            }
            let option = "--pattern \(pattern.role)=\(pattern.glob)"
            guard let number = Int(pattern.glob.dropFirst(Self.seriesPrefix.count)) else {
                throw CollaGANError(
                    .badConfiguration, path: option, "'\(option)': give the series' number, e.g. T1Gd=series:8")
            }
            series[try known(pattern.role, option)] = number
        }
    }

    private static let seriesPrefix = "series:"

    /// What of it a result depends on.
    var fingerprint: [String] {
        [
            "prepare", contrasts.joined(separator: ","), "reference \(reference ?? "")",
            "brain \(brainCommand?.text ?? "")", "network \(network?.sha256 ?? "")",
        ]
    }
}
