import Files

/// Images that collagan made, known by what it wrote beside them and never by their names.
enum OwnImages {
    /// Bytes beyond which a file beside an image is not read.
    private static let largest = 4 << 20

    /// Whether the image's sidecar says so, or the record of a patient's results lists the file.
    static func contain(_ path: String) -> Bool {
        guard path.contains("/") else { return false }
        let stem = ImageName.stem(path)
        if let sidecar = JSONFile.object("\(stem).json", upTo: largest), isOurs(sidecar) { return true }
        // Records are looked for only where a file may be in one: ours are all called so.
        let name = FilePath.name(stem).lowercased()
        guard ["imputed", "preprocessed"].contains(where: name.contains) else { return false }
        let folder = FilePath.folder(path)
        return [folder, FilePath.folder(folder)].contains { folder in
            ["metrics.json", "preprocessing.json"].contains { record in
                guard let record = JSONFile.object("\(folder)/\(record)", upTo: largest) else { return false }
                let files = record["files"] as? [String] ?? []
                return record["fingerprint"] is String && files.contains { FilePath.name($0) == FilePath.name(path) }
            }
        }
    }

    private static func isOurs(_ sidecar: [String: Any]) -> Bool {
        (sidecar["software"] as? [String: Any])?["name"] as? String == Software.name
    }
}
