/// Finds the files that patterns with folders in them (`anat/*_T2w*`) mean, as seen from a patient's folder.
struct PatternSearch {
    private let recognizer: ContrastRecognizer

    package init(_ recognizer: ContrastRecognizer) {
        self.recognizer = recognizer
    }

    /// Files below a folder; what cannot be listed holds none.
    package func files(below listing: FolderListing) -> [Recognition] {
        var paths: [String] = []
        for pattern in recognizer.patterns where pattern.parts.count > 1 {
            for path in files(pattern.parts[...], listing) where !paths.contains(path) { paths.append(path) }
        }
        return paths.map { recognizer.recognise($0) }
    }

    private func files(_ globs: ArraySlice<String>, _ listing: FolderListing) -> [String] {
        guard let glob = globs.first else { return [] }
        guard globs.count > 1 else {
            return listing.images.filter { FilePattern.fits(glob, file: $0) }.map { "\(listing.path)/\($0)" }
        }
        return listing.folders.filter { FilePattern.fits(glob, $0) }.flatMap { folder -> [String] in
            let path = "\(listing.path)/\(folder)"
            guard !OwnResultFolders.areIn(path), let inner = try? FolderListing(path) else { return [] }
            return files(globs.dropFirst(), inner)
        }
    }
}
