import Files

/// The folders of a patient in which every series has a folder of its own: `p1/T1/image.nii.gz`, `p1/FLAIR/image.nii.gz`.
struct SeriesFolders {
    /// Names of those folders.
    package let folders: Set<String>
    /// Their files; one whose own name says nothing is what its folder's name says.
    package let recognitions: [Recognition]
    /// Whether the folders' names tell two contrasts apart (or one, where the name says nothing else), so that the folder above is
    /// one patient.
    let isPatient: Bool

    package var paths: Set<String> { isPatient ? Set(recognitions.map(\.path)) : [] }

    /// - Parameters:
    ///   - listings: the folders inside the patient's.
    ///   - patient: name of the patient's folder.
    ///   - isRoot: whether that is the folder given to the search, which needs two contrasts.
    package init(_ listings: [FolderListing], of patient: String, _ assembly: PatientAssembly, isRoot: Bool) {
        let assembly = PatientAssembly(recognizer: assembly.recognizer.ignoringChannels())
        var folders = Set<String>()
        var found = [Recognition]()
        var contrasts = [FileRole]()
        var isSure = !isRoot
        for listing in listings {
            let name = FilePath.name(listing.path)
            guard !listing.images.isEmpty || !listing.foreign.isEmpty,
                let role = assembly.recognizer.role(ofFolder: name, patient: patient),
                let files = Self.files(listing, role: role, patient: patient, assembly: assembly)
            else { continue }
            folders.insert(name)
            found += files
            if case .contrast = role, files.contains(where: { $0.role == role }) {
                if !contrasts.contains(role) { contrasts.append(role) }
                isSure = isSure && ImageName(name, patient: patient).words.count == 1
            }
        }
        isPatient = contrasts.count > 1 || contrasts.count == 1 && isSure
        (self.folders, recognitions) = (folders, found)
    }

    /// Nil if the folder holds another contrast.
    private static func files(
        _ listing: FolderListing, role: FileRole, patient: String, assembly: PatientAssembly
    ) -> [Recognition]? {
        let files = assembly.recognise(listing, prefix: patient)
        let isMixed = files.contains { file in
            guard case .contrast = file.role else { return false }
            return file.role != role
        }
        guard !isMixed else { return nil }
        guard !files.contains(where: { $0.role == role }), !assembly.recognizer.hasPattern(for: role) else {
            return files
        }
        let name = FilePath.name(listing.path)
        return files.map { file in
            guard file.role == .unrecognised, ImageName.isImage(file.file) else { return file }
            return Recognition(
                path: file.path, role: role,
                reason: "lies in the folder '\(name)', which stands for \(assembly.recognizer.name(of: role))")
        }
    }
}
