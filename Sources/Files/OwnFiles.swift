/// Names of the files about a whole training, by which its folder is known. Those of a run: `ResultNames`.
package enum OwnFiles {
    package static let trainingLog = "training.jsonl"
    package static let trainingPage = "train-report.html"
    package static let split = "split.json"

    /// Whether a BIDS dataset's description says that this program made the dataset.
    package static func describesOurs(_ path: String) -> Bool {
        guard FilePath.isRegularFile(path) else { return false }
        return JSONFile.read(Described.self, from: path)?.generators?.contains { $0.name == Software.name } ?? false
    }

    /// What of a `dataset_description.json` tells who made it.
    private struct Described: Decodable {
        struct Program: Decodable {
            let name: String?
            private enum CodingKeys: String, CodingKey { case name = "Name" }
        }
        let generators: [Program]?

        private enum CodingKeys: String, CodingKey { case generators = "GeneratedBy" }
    }
}
