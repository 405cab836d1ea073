/// `sub-*/[ses-*/]anat`: one patient per subject and session.
struct BIDSLayout {
    let assembly: PatientAssembly

    /// Whether a folder is a BIDS dataset, or a subject or session of one.
    static func looksLikeIt(_ listing: FolderListing) throws(PipelineError) -> Bool {
        if isSubject(listing) { return true }
        for subject in listing.folders where subject.hasPrefix("sub-") {
            if isSubject(try FolderListing("\(listing.path)/\(subject)")) { return true }
        }
        return false
    }

    func patients(_ listing: FolderListing) throws(PipelineError) -> [Patient] {
        if Self.isSubject(listing) {
            return try patients(ofSubject: listing, named: FilePath.name(listing.path))
        }
        var patients: [Patient] = []
        for subject in listing.folders where subject.hasPrefix("sub-") {
            patients += try self.patients(ofSubject: try FolderListing("\(listing.path)/\(subject)"), named: subject)
        }
        return patients
    }

    private static func isSubject(_ listing: FolderListing) -> Bool {
        FilePath.name(listing.path).hasPrefix("sub-")
            && (listing.folders.contains("anat")
                || listing.folders.contains {
                    $0.hasPrefix("ses-") && FolderListing.isFolder("\(listing.path)/\($0)/anat")
                })
    }

    private func patients(ofSubject listing: FolderListing, named subject: String) throws(PipelineError) -> [Patient] {
        var found: [Patient] = []
        for session in listing.folders where session.hasPrefix("ses-") {
            let folder = "\(listing.path)/\(session)/anat"
            guard FolderListing.isFolder(folder) else { continue }
            found.append(
                try patient(folder, "\(subject)_\(session)", Patient.BIDSName(subject: subject, session: session)))
        }
        if listing.folders.contains("anat") || found.isEmpty {
            let folder = listing.folders.contains("anat") ? "\(listing.path)/anat" : listing.path
            found.append(try patient(folder, subject, Patient.BIDSName(subject: subject, session: nil)))
        }
        return found
    }

    private func patient(_ folder: String, _ name: String, _ bids: Patient.BIDSName) throws(PipelineError) -> Patient {
        let listing = try FolderListing(folder)
        return assembly.patient(
            name: name, folder: folder, paths: listing.images.map { "\(folder)/\($0)" }, bids: bids)
    }
}
