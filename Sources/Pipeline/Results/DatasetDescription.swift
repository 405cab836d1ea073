import Files
import Foundation
import Patients

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

    let name: String
    let version = "1.9.0"
    let type = "derivative"
    let generators = [Generator()]
    /// The dataset that the results derive from; nil where none is known.
    let sources: [Source]?
    /// Where the dataset lies that `bids:raw:…` in the sidecars speaks of: a path relative to the results, as a URI.
    let links: [String: String]?

    /// A dataset that was read.
    struct Source: Encodable {
        /// Relative to the results.
        let url: String
        let doi: String?

        private enum CodingKeys: String, CodingKey {
            case url = "URL"
            case doi = "DOI"
        }
    }

    /// What other programs' descriptions are read for.
    private struct Known: Decodable {
        let name: String?
        let doi: String?

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case doi = "DatasetDOI"
        }
    }

    /// - Parameter output: the folder of results.
    init(of patient: Patient, in output: String) {
        let dataset = patient.datasetFolder
        let known = dataset.flatMap { JSONFile.read(Known.self, from: "\($0)/dataset_description.json") }
        let title = "Synthesised MRI contrasts"
        name = known?.name.map { "\($0.onOneLine.shortened): synthesised MRI contrasts" } ?? title
        let link = dataset.map { Self.relative($0, to: output) }
        links = link.map { ["raw": $0] }
        sources = link.map { [Source(url: $0, doi: known?.doi)] }
    }

    /// Files of the results that BIDS does not know, as `.bidsignore` has them.
    private static let ignored =
        [
            "*.html", "run.json", "metrics.csv", "subsets.csv", "subsets.json", "**/metrics.json",
            "**/preprocessing.json",
        ]
        + ["preprocessed/"]

    /// Writes the description and `.bidsignore` into the folder of results; nothing for a patient of another layout.
    static func write(of patient: Patient, in folder: OutputFolder) throws(CollaGANError) {
        guard patient.bids != nil else { return }
        let description = try JSONFile.encode(DatasetDescription(of: patient, in: folder.path))
        let lines = Data((ignored.joined(separator: "\n") + "\n").utf8)
        for (file, data) in [("dataset_description.json", description), (".bidsignore", lines)] {
            let path = "\(folder.path)/\(file)"
            guard !FilePath.isRegularFile(path) || FileManager.default.contents(atPath: path) != data else { continue }
            try folder.write(data, to: file)
        }
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
        case sources = "SourceDatasets"
        case links = "DatasetLinks"
    }
}
