import Files
import Foundation

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

    init(_ source: DatasetSource) {
        name = source.name.map { "\($0): synthesised MRI contrasts" } ?? "Synthesised MRI contrasts"
        links = source.url.map { ["raw": $0] }
        sources = source.url.map { [Source(url: $0, doi: source.doi)] }
    }

    /// Files of the results that BIDS does not know, as `.bidsignore` has them.
    private static let ignored =
        [
            "*.html", "run.json", "metrics.csv", "subsets.csv", "subsets.json", "**/metrics.json",
            "**/preprocessing.json",
        ]
        + ["preprocessed/"]

    /// Writes the description and `.bidsignore` into the folder of results.
    static func write(_ source: DatasetSource, in folder: OutputFolder) throws(CollaGANError) {
        let description = try JSONFile.encode(DatasetDescription(source))
        let lines = Data((ignored.joined(separator: "\n") + "\n").utf8)
        for (file, data) in [("dataset_description.json", description), (".bidsignore", lines)] {
            let path = "\(folder.path)/\(file)"
            guard !FilePath.isRegularFile(path) || FileManager.default.contents(atPath: path) != data else { continue }
            try folder.write(data, to: file)
        }
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
