import ArgumentParser
import Files
import Patients

/// As what imputed images are written besides them.
struct CopyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write each imputed image also on this contrast's own grid, as it was scanned; for prepared patients.",
            valueName: "contrast"))
    var space: String?

    @Flag(
        help: """
            With --prepare, of DICOM files: write each imputed image also as a derived series of the study, marked as synthetic, into \
            DIR/<patient>/dicom.
            """)
    var dicom = false

    /// - Parameter contrasts: the model's.
    /// - Throws: `CollaGANError.Code.badConfiguration` for one that the model does not know.
    func contrast(among contrasts: [String]) throws(CollaGANError) -> String? {
        guard let space else { return nil }
        guard let name = ContrastVocabulary.name(space, among: contrasts) else {
            throw CollaGANError(
                .badConfiguration, path: space,
                "'--space \(space)': there is no contrast \(space), only \(contrasts.joined(separator: ", "))")
        }
        return name
    }
}
