import Foundation

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
    var metrics: String { "\(folder)/metrics.json" }
    var report: String { "\(folder)/report.html" }
    /// The page about the subsets of the inputs.
    var subsets: String { "\(folder)/subsets.html" }

    /// A synthesised or preprocessed image, without its extension.
    /// - Parameter kind: "imputed" or "preprocessed".
    func image(_ contrast: String, kind: String) -> String {
        guard bids != nil else { return "\(folder)/\(patient)_\(Self.safe(contrast))_\(kind)" }
        let canonical = ContrastVocabulary.canonical(contrast)
        let (entity, suffix) =
            switch canonical {
            case "T1Gd": ("_ce-gadolinium", "T1w")
            case "T1", "T2": ("", canonical + "w")
            case "brainmask": ("", "mask")
            default: ("", Self.safe(canonical).filter { $0 != "_" && $0 != "-" })
            }
        return "\(folder)/anat/\(patient)\(entity)_desc-\(kind)_\(suffix)"
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

extension Patient {
    /// Folder of the BIDS dataset that the patient comes from; nil for other layouts.
    var datasetFolder: String? {
        guard let bids else { return nil }
        var folder = self.folder
        while FilePath.name(folder) != bids.subject {
            guard folder != "/", folder != "." else { return nil }
            folder = FilePath.folder(folder)
        }
        return FilePath.folder(folder)
    }
}

/// `dataset_description.json` of a folder of BIDS derivatives.
struct DatasetDescription: Encodable {
    /// The program that made the dataset.
    struct Generator: Encodable {
        let name = Software.name
        let version = Software.version

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case version = "Version"
        }
    }

    let name = "Synthesised MRI contrasts"
    let version = "1.8.0"
    let type = "derivative"
    let generators = [Generator()]
    /// Where the dataset lies that `bids:raw:…` in the sidecars speaks of: a path relative to the results, as a URI.
    let links: [String: String]?

    /// - Parameter output: the folder of results.
    init(of patient: Patient, in output: String) {
        links = patient.datasetFolder.map { ["raw": Self.relative($0, to: output)] }
    }

    private static func relative(_ folder: String, to base: String) -> String {
        let parts = [folder, base].map { FilePath.resolved($0).split(separator: "/") }
        let common = zip(parts[0], parts[1]).prefix { $0 == $1 }.count
        let steps = parts[1].dropFirst(common).map { _ in ".." } + parts[0].dropFirst(common).map(String.init)
        let path = steps.isEmpty ? "." : steps.joined(separator: "/")
        // A colon in the first step would make it a scheme.
        return path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting([":"])) ?? path
    }

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case version = "BIDSVersion"
        case type = "DatasetType"
        case generators = "GeneratedBy"
        case links = "DatasetLinks"
    }
}
