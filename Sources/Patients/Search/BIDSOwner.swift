/// Whose a file of a BIDS dataset is by its own name: a file copied into another subject's folder must not pass for that subject's.
extension Patient.BIDSName {
    /// Whether a file's `sub-` and `ses-`, so far as its name and its folder hold them, are those of its folder.
    func owns(_ file: Recognition) -> Bool { stranger(file) == nil }

    /// The file as it was recognised, or left out, with the reason, if it is called after somebody else.
    package func checked(_ file: Recognition) -> Recognition {
        guard let stranger = stranger(file) else { return file }
        let meant: Int? = if case .contrast(let index) = file.role { index } else { nil }
        return Recognition(
            path: file.path, role: .unrecognised,
            reason: "is called after \(stranger.name), but lies in \(stranger.folder)'s folder; move or rename it",
            mayBeMeant: true, meant: meant)
    }

    private func stranger(_ file: Recognition) -> (name: String, folder: String)? {
        guard file.role != .unrecognised, file.role != .ownOutput else { return nil }
        let entities = ImageName(file.file).entities
        for (key, folder) in [("sub", subject), ("ses", session)] {
            guard let label = entities[key], let folder, folder.lowercased() != "\(key)-\(label)" else { continue }
            let lowered = "\(key)-\(label)"
            let asWritten = ImageName.stem(file.file).split(separator: "_").first { $0.lowercased() == lowered }
            return (asWritten.map(String.init) ?? lowered, folder)
        }
        return nil
    }
}
