import Files
import Foundation
import Patients
import Records

/// Where a patient's results lie, relative to the folder of results: plain names, or those of BIDS derivatives.
struct ResultNames: Sendable {
    let patient: String
    let bids: Patient.BIDSName?

    init(_ patient: Patient) {
        (self.patient, bids) = (patient.name, patient.bids)
    }

    /// The patient's folder.
    var folder: String {
        guard let bids else { return patient }
        return ([bids.subject] + [bids.session].compactMap { $0 }).joined(separator: "/")
    }

    /// The record by which a later run knows the patient is complete.
    var metrics: String { Self.metrics(in: folder) }
    /// The same of what `preprocess` made.
    var preprocessing: String { Self.preprocessing(in: folder) }
    var report: String { Self.report(in: folder) }
    /// The page about the subsets of the inputs.
    var subsets: String { "\(folder)/subsets.html" }

    /// A synthesised or preprocessed image, without its extension.
    /// - Parameters:
    ///   - kind: "imputed" or "preprocessed".
    ///   - space: the contrast on whose own grid it lies; nil for the reference's.
    func image(_ contrast: String, kind: String, space: String? = nil) -> String {
        guard bids != nil else {
            return "\(folder)/\(patient)_\(Self.safe(contrast))_\(kind)"
                + (space.map { "_space-\(Self.safe($0))" } ?? "")
        }
        let canonical = ContrastVocabulary.canonical(contrast)
        let (entity, suffix) =
            switch canonical {
            case "T1Gd": ("_ce-gadolinium", "T1w")
            case "T1", "T2": ("", canonical + "w")
            case "brainmask": ("", "mask")
            default: ("", Self.safe(canonical).filter { $0 != "_" && $0 != "-" })
            }
        let place = space.map { "_space-\(Self.safe($0).filter { $0 != "_" && $0 != "-" })" } ?? ""
        return "\(folder)/anat/\(patient)\(entity)\(place)_desc-\(kind)_\(suffix)"
    }

    /// The folder of a contrast's DICOM files.
    func dicom(_ contrast: String) -> String { "\(folder)/dicom/\(Self.safe(contrast))" }
    /// A DICOM file by the number of its slice, from 0.
    static func slice(_ index: Int) -> String { "\("0000\(index + 1)".suffix(max(4, "\(index + 1)".count))).dcm" }

    static func metrics(in folder: String) -> String { "\(folder)/metrics.json" }
    static func preprocessing(in folder: String) -> String { "\(folder)/preprocessing.json" }
    /// The same of what `prepare` made.
    static func preparation(in folder: String) -> String { "\(folder)/\(PreparationRecord.file)" }
    static func report(in folder: String) -> String { "\(folder)/report.html" }

    static let manifest = "run.json"
    /// The folder inside a folder of results for what the network saw.
    static let preprocessed = "preprocessed"
    /// The folder inside a folder of results for prepared patients.
    static let prepared = "prepared"
    /// Files at the top of a folder of results.
    static let ofRun = [
        manifest, "metrics.csv", "report.html", "dataset_description.json", ".bidsignore", "subsets.csv",
        "subsets.json", "subsets.html",
    ]
    /// Bytes that a name may have on the usual file systems.
    private static let longestName = 255
    /// Bytes that the endings of files add to an image's name while they are written: a dot, `.nii.gz` or `.json`, machine and
    /// process (`ProcessIdentity.shortName`) and `.tmp`.
    private static let endings = 32

    /// Why no results can be written under the patient's name; nil if they can.
    /// - Parameter contrasts: the model's.
    func problem(_ contrasts: [String]) -> CollaGANError? {
        if (Self.ofRun + [Self.preprocessed, Self.prepared]).contains(folder) {
            return CollaGANError(
                .unusablePatient, path: folder,
                "the patient's name '\(patient)' is that of a file of the results; rename the patient's folder")
        }
        let longest =
            (contrasts + ["brainmask"]).map { FilePath.name(image($0, kind: "preprocessed")).utf8.count }.max() ?? 0
        guard longest + Self.endings > Self.longestName else { return nil }
        return CollaGANError(
            .unusablePatient, path: folder,
            "the patient's name '\(patient.prefix(40))…' is too long: files named after it would have"
                + " \(longest + Self.endings) bytes, more than the \(Self.longestName) that a name may have; shorten the folder's name"
        )
    }

    /// Every image and sidecar that there can be of these contrasts.
    func images(_ contrasts: [String], kind: String) -> [String] {
        contrasts.flatMap { contrast in ["nii.gz", "json"].map { "\(image(contrast, kind: kind)).\($0)" } }
    }

    /// A contrast's name without what file names cannot hold.
    static func safe(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "+") ? $0 : "_" })
    }
}
