/// Brain masks and lesions that other programs left in `derivatives/` of a BIDS dataset. Contrasts are never taken from there.
struct BIDSDerivatives {
    /// `derivatives/<program>` folders, and `derivatives` itself.
    private let folders: [String]
    private let assembly: PatientAssembly

    package init(of dataset: String, _ walk: FolderWalk) {
        assembly = walk.assembly
        let path = "\(dataset)/derivatives"
        guard FolderListing.isFolder(path) else {
            folders = []
            return
        }
        do {
            let listing = try FolderListing(path)
            var folders = OwnResultFolders.areIn(path) ? [] : [path]
            for name in listing.folders where !name.hasPrefix("sub-") {
                if walk.open(name, in: listing) != nil { folders.append("\(path)/\(name)") }
            }
            self.folders = folders
        } catch {
            walk.leave(path, "cannot be listed")
            folders = []
        }
    }

    /// Masks and lesions of one subject and session, of kinds that its own files lack.
    package func masks(of bids: Patient.BIDSName, beside own: [Recognition]) -> [Recognition] {
        let place = ([bids.subject] + [bids.session].compactMap { $0 }).joined(separator: "/")
        let found = folders.flatMap { folder -> [Recognition] in
            let path = "\(folder)/\(place)/anat"
            guard FolderListing.isFolder(path), let listing = try? FolderListing(path) else { return [] }
            return assembly.counting(
                listing.foldersLikeImages, in: path, beside: assembly.recognise(listing.images, in: path)
            )
        }
        return found.compactMap { mask in
            guard mask.role == .brainMask || mask.role == .lesion, !own.contains(where: { $0.role == mask.role }) else {
                return nil
            }
            guard bids.owns(mask) else { return bids.checked(mask) }
            if let space = ImageName(mask.file).entities["space"], !ContrastVocabulary.ownSpaces.contains(space) {
                return Recognition(
                    path: mask.path, role: .unrecognised,
                    reason: "a mask in the space '\(space)', not the subject's own")
            }
            return mask
        }
    }
}
