import Files
import Foundation
import Patients

extension DatasetSource {
    /// What other programs' descriptions are read for.
    private struct Known: Decodable {
        let name: String?
        let doi: String?

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case doi = "DatasetDOI"
        }
    }

    /// The dataset that a patient comes from.
    /// - Parameter output: the folder of results.
    /// - Returns: nil for a patient of another layout.
    init?(of patient: Patient, in output: String) {
        guard patient.bids != nil else { return nil }
        let dataset = patient.datasetFolder
        let known = dataset.flatMap { JSONFile.read(Known.self, from: "\($0)/dataset_description.json") }
        self.init(
            name: known?.name.map(\.onOneLine.shortened), doi: known?.doi,
            url: dataset.map { Self.relative($0, to: output) })
    }

    private static func relative(_ folder: String, to base: String) -> String {
        let parts = [folder, base].map { FilePath.resolved($0).split(separator: "/") }
        let common = zip(parts[0], parts[1]).prefix { $0 == $1 }.count
        let steps = parts[1].dropFirst(common).map { _ in ".." } + parts[0].dropFirst(common).map(String.init)
        let path = steps.isEmpty ? "." : steps.joined(separator: "/")
        // A colon in the first step would make it a scheme.
        return path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting([":"])) ?? path
    }
}
