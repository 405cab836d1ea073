import Files

/// Contrasts that a patient lacks but that lie in folders below its images. What lies there is not used; it is mentioned, lest a
/// contrast that was acquired passes for missing.
struct StrayContrasts {
    /// How many folders below the patient's own are looked at.
    private static let depth = 2

    private let patient: Patient
    private let prefix: String
    private let assembly: PatientAssembly
    private let bounds: SearchBounds

    /// - Parameter prefix: what file names may repeat of the patient's name.
    package init(_ patient: Patient, prefix: String, _ assembly: PatientAssembly, _ bounds: SearchBounds) {
        (self.patient, self.prefix, self.bounds) = (patient, prefix, bounds)
        self.assembly = PatientAssembly(recognizer: assembly.recognizer.ignoringChannels())
    }

    /// One recognition for each contrast that the patient lacks, unless its own folder has one to mention.
    /// - Parameter listing: the patient's folder, or the one above where the patient's only holds images (`p1/anat`).
    package func below(_ listing: FolderListing) -> [Recognition] {
        let told = patient.recognitions.filter(\.mayBeMeant).compactMap(\.meant)
        let wanted = patient.missing.filter { !told.contains($0) }
        guard patient.problem == nil, !wanted.isEmpty else { return [] }
        var seen: Set<FileStatus.Identity> = []
        let strays = strays(below: listing, at: [], standingFor: nil, &seen)
        return wanted.compactMap { contrast in
            let found = strays.filter { $0.contrast == contrast }
            guard let stray = found.first(where: { $0.twin == nil }) ?? found.first else { return nil }
            let reason = reason(
                stray, others: Set(found.map(\.folder)).count - 1, isAbove: listing.path != patient.folder)
            return Recognition(
                path: stray.file.path, role: .unrecognised, reason: reason, mayBeMeant: true, meant: contrast)
        }
    }

    private struct Stray {
        let file: Recognition
        let contrast: Int
        /// As seen from the patient's folder.
        let folder: String
        /// Whether it is the only image there.
        let isAlone: Bool
        /// Another image's contrast, which the patient has, too: so lie files of another visit or patient.
        let twin: Int?
    }

    /// - Parameter contrast: what the name of a folder above says.
    private func strays(
        below listing: FolderListing, at place: [String], standingFor contrast: Int?,
        _ seen: inout Set<FileStatus.Identity>
    ) -> [Stray] {
        guard place.count < Self.depth else { return [] }
        var found: [Stray] = []
        for name in listing.folders where bounds.obstacle(name, in: listing) == nil {
            let path = "\(listing.path)/\(name)"
            guard let identity = FileStatus(path)?.identity, seen.insert(identity).inserted,
                let inner = try? FolderListing(path)
            else { continue }
            let role = assembly.recognizer.role(ofFolder: name, patient: prefix)
            let named = role == nil ? contrast : role?.contrast
            found += strays(in: inner, place + [name], standingFor: named)
            found += strays(below: inner, at: place + [name], standingFor: named, &seen)
        }
        return found
    }

    private func strays(in listing: FolderListing, _ place: [String], standingFor contrast: Int?) -> [Stray] {
        let files = assembly.counting(
            listing.foldersLikeImages, in: listing.path, prefix: prefix,
            beside: assembly.recognise(listing, prefix: prefix))
        let contrasts = files.compactMap { file in
            (file.role.contrast ?? file.meant ?? (file.isUnspoken ? contrast : nil)).map { (file, $0) }
        }
        let isContainer = place.last.map(FolderNames.isContainer) ?? false
        let twin = isContainer ? nil : files.compactMap(\.role.contrast).first { patient.contrasts[$0] != nil }
        return contrasts.map { file, contrast in
            Stray(
                file: file, contrast: contrast, folder: place.joined(separator: "/"),
                isAlone: files.count == 1, twin: twin)
        }
    }

    /// - Parameters:
    ///   - others: how many more folders hold the same contrast.
    ///   - isAbove: whether the folder lies beside the patient's, where a pattern cannot reach it.
    private func reason(_ stray: Stray, others: Int, isAbove: Bool) -> String {
        let names = assembly.recognizer.contrasts
        let place = "lies in the folder '\(stray.folder)'"
        if let twin = stray.twin, let own = patient.contrasts[twin] {
            return
                "\(place)\(others > 0 ? " (others in \(others) more)" : "") with another \(names[twin]), like a file of another"
                + " visit or patient; move it beside \(FilePath.name(own)) if it belongs there, else move \(FilePath.name(own))"
                + " out of the folder above the patients"
        }
        if stray.file.role == .unrecognised, stray.file.mayBeMeant || !ImageName.isImage(stray.file.file) {
            return "\(place), not with the patient's other images, and \(stray.file.reason)"
        }
        let glob = "\(stray.folder)/\(stray.isAlone ? "*" : stray.file.file)"
        return "\(place), not with the patient's other images; move it there"
            + (isAbove ? "" : " or give --pattern \(names[stray.contrast])='\(glob)'")
    }
}

extension FileRole {
    /// Index of the contrast, if it is one.
    fileprivate var contrast: Int? {
        guard case .contrast(let index) = self else { return nil }
        return index
    }
}

extension Recognition {
    /// Whether the file's own name says nothing, so that its folder's may.
    fileprivate var isUnspoken: Bool { role == .unrecognised && !mayBeMeant }
}
