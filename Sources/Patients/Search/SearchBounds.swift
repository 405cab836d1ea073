import Files

/// Where a search for patients does not go.
struct SearchBounds {
    /// The given folder, absolute.
    package let root: String
    private let resolvedRoot: String
    /// Resolved path of a folder that is not looked into.
    private let excluded: String?

    package init(root: String, excluded: String?) {
        (self.root, self.excluded) = (root, excluded)
        resolvedRoot = FilePath.resolved(root)
    }

    /// Why a folder is none of the search's business; nil if it may be looked into.
    func obstacle(_ name: String, in listing: FolderListing) -> String? {
        let path = "\(listing.path)/\(name)"
        let resolved = FilePath.resolved(path)
        if resolved == excluded { return "is the folder of results" }
        if OwnResultFolders.areIn(path) { return "holds results of collagan" }
        guard listing.isLink(name) else { return nil }
        if resolvedRoot.hasPrefix(resolved == "/" ? "/" : resolved + "/") {
            return "is a link to a folder above the one that is searched"
        }
        return place(resolved).map { "is a link to \($0), which is met in its own place" }
    }

    /// Where below the given folder a link's target is met without the link; nil if it lies elsewhere or is hidden.
    private func place(_ resolved: String) -> String? {
        if resolved == resolvedRoot { return root }
        guard resolved.hasPrefix(resolvedRoot + "/") else { return nil }
        let below = resolved.dropFirst(resolvedRoot.count + 1)
        return below.split(separator: "/").contains { $0.hasPrefix(".") } ? nil : "\(root)/\(below)"
    }
}
