import Files

/// Folders that collagan itself wrote, which are never searched for patients.
enum OwnResultFolders {
    /// Whether an earlier run or training left its records in a folder.
    static func areIn(_ folder: String) -> Bool {
        if FilePath.isRegularFile("\(folder)/run.json"),
            JSONFile.read(Made.self, from: "\(folder)/run.json")?.software.name == Software.name
        {
            return true
        }
        return FilePath.isRegularFile("\(folder)/\(OwnFiles.trainingLog)")
            && FilePath.isRegularFile("\(folder)/\(OwnFiles.split)")
            || OwnFiles.describesOurs("\(folder)/dataset_description.json")
    }

    /// The one field of `run.json` that tells who wrote it, whatever its version.
    private struct Made: Decodable {
        struct Program: Decodable { let name: String }
        let software: Program
    }
}
