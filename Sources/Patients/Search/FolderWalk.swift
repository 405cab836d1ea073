import Files
import Foundation

/// One search for patients: remembers which folders were seen, so that links lead neither in circles nor to one patient twice.
final class FolderWalk {
    /// How deep below the given folder patients are looked for.
    private static let maximumDepth = 8

    /// What was passed over, in the order in which it was met.
    private(set) var leftOut: [LeftOut] = []
    let assembly: PatientAssembly
    private let layout: Layout
    private let bounds: SearchBounds
    private var seen: Set<FileStatus.Identity> = []

    private var recognizer: ContrastRecognizer { assembly.recognizer }
    /// What patients that are no dataset's are told to be.
    private var plainLayout: Layout { layout == .brats ? .brats : .plain }

    /// - Parameters:
    ///   - root: absolute.
    ///   - excluded: resolved path of a folder that is not looked into.
    package init(_ recognizer: ContrastRecognizer, layout: Layout, root: String, excluded: String?) {
        assembly = PatientAssembly(recognizer: recognizer)
        self.layout = layout
        bounds = SearchBounds(root: root, excluded: excluded)
    }

    /// - Throws: `CollaGANError.Code.unreadable` if the given folder itself cannot be listed.
    package func patients() throws(CollaGANError) -> [FoundPatient] {
        let listing = try FolderListing(bounds.root)
        if let identity = FileStatus(bounds.root)?.identity { seen.insert(identity) }
        switch layout {
        case .bids: return BIDSLayout(walk: self).patients(listing, parts: [])
        case .nnunet: return NNUNetLayout(walk: self).patients(listing, parts: [])
        case .auto, .plain, .brats: return visit(listing, parts: [], depth: 0)
        }
    }

    package func leave(_ path: String, _ reason: String) {
        leftOut.append(LeftOut(path: path, reason: reason))
    }

    /// A patient of which only the folder is known.
    package func failed(
        _ error: CollaGANError, at folder: String, parts: [String], layout: Layout? = nil,
        bids: Patient.BIDSName? = nil
    ) -> FoundPatient {
        .failed(
            error, at: folder, parts: parts, layout: layout ?? plainLayout, contrasts: recognizer.contrasts.count,
            bids: bids)
    }

    /// Opens a folder that patients may lie in; nil, with the reason in `leftOut`, if it is none of our business.
    func open(_ name: String, in listing: FolderListing) -> Result<FolderListing, CollaGANError>? {
        let path = "\(listing.path)/\(name)"
        if let reason = bounds.obstacle(name, in: listing) {
            leave(path, reason)
            return nil
        }
        if let identity = FileStatus(path)?.identity, !seen.insert(identity).inserted {
            leave(path, "is the same folder as one met before")
            return nil
        }
        do {
            return .success(try FolderListing(path))
        } catch {
            return .failure(error)
        }
    }

    /// The folder itself if it holds a contrast, else what its folders hold.
    private func visit(_ listing: FolderListing, parts: [String], depth: Int) -> [FoundPatient] {
        if layout == .auto {
            if BIDSLayout.looksLikeIt(listing) {
                return BIDSLayout(walk: self).patients(listing, parts: parts)
            }
            if NNUNetLayout.looksLikeIt(listing, recognizer) {
                return NNUNetLayout(walk: self).patients(listing, parts: parts)
            }
        }
        let name = FilePath.name(listing.path)
        let prefix = FolderNames.isContainer(name) ? parts.last ?? name : name
        let direct = assembly.recognise(listing, prefix: prefix)
        let named = PatternSearch(recognizer).files(below: listing)
        if patient(listing, parts, direct).isUsable {
            return [whole(listing, parts: parts, files: direct + named, prefix: prefix)]
        }

        let own = patient(listing, parts, direct + named)
        guard depth < Self.maximumDepth else {
            for folder in listing.folders {
                leave("\(listing.path)/\(folder)", "lies more than \(Self.maximumDepth) folders deep")
            }
            return [own]
        }
        let children = listing.folders.compactMap { name in open(name, in: listing).map { (name, $0) } }
        let series = SeriesFolders(children.compactMap { try? $0.1.get() }, of: name, assembly, isRoot: depth == 0)
        if own.isUsable || series.isPatient {
            return [
                patient(
                    listing, parts: parts, prefix: prefix,
                    recognitions: direct + named.filter { !series.paths.contains($0.path) }, series: series,
                    children: children.map(\.0))
            ]
        }
        let below = lost(listing, parts) + visit(children, of: listing, parts, depth)
        if below.contains(where: \.isUsable) {
            for file in direct where ImageName.isImage(file.file) {
                leave(file.path, "lies beside folders of patients, and no contrast is recognised: \(file.reason)")
            }
            return below
        }
        if !direct.isEmpty, direct.allSatisfy({ $0.role == .ownOutput }) {
            leave(listing.path, "holds only images that collagan made")
            return below
        }
        if direct.isEmpty, below.isEmpty, !listing.folders.isEmpty { return [] }
        // Folders of single series that cannot be read, and empty ones, are told as one patient.
        let isOne = !series.folders.isEmpty || below.allSatisfy(\.patient.recognitions.isEmpty) && depth > 0
        guard isOne || !direct.isEmpty else { return below }
        let withImages = below.filter { $0.patient.recognitions.contains { ImageName.isImage($0.file) } }
        if series.folders.isEmpty, !withImages.isEmpty { return withImages + [patient(listing, parts, direct)] }
        let unusable = below.flatMap(\.patient.recognitions).filter { $0.role == .unrecognised }
        return [patient(listing, parts, direct + unusable)]
    }

    /// The patient whose images lie in folders of their own; what lies beside them is left out.
    private func patient(
        _ listing: FolderListing, parts: [String], prefix: String, recognitions: [Recognition],
        series: SeriesFolders, children: [String]
    ) -> FoundPatient {
        let files = recognitions + (series.isPatient ? series.recognitions : [])
        for name in children {
            let path = "\(listing.path)/\(name)"
            guard !files.contains(where: { $0.path.hasPrefix(path + "/") }) else { continue }
            leave(path, "lies beside the folders that hold a patient's images one by one")
        }
        return whole(listing, parts: parts, files: files, prefix: prefix)
    }

    /// The patient with what else speaks of contrasts that its files lack: folders called like images, images below.
    private func whole(
        _ listing: FolderListing, parts: [String], files: [Recognition], prefix: String
    ) -> FoundPatient {
        let all = assembly.counting(listing.foldersLikeImages, in: listing.path, prefix: prefix, beside: files)
        return mentioningStrays(below: listing, patient(listing, parts, all), prefix)
    }

    private func mentioningStrays(
        below listing: FolderListing, _ found: FoundPatient, _ prefix: String
    ) -> FoundPatient {
        var found = found
        found.patient.recognitions += StrayContrasts(found.patient, prefix: prefix, assembly, bounds).below(listing)
        return found
    }

    private func visit(
        _ children: [(name: String, Result<FolderListing, CollaGANError>)], of listing: FolderListing,
        _ parts: [String],
        _ depth: Int
    ) -> [FoundPatient] {
        let containers = children.map(\.name).filter(FolderNames.isContainer)
        var (found, hasContained) = ([(isContained: Bool, FoundPatient)](), false)
        for (name, child) in children {
            let isContainer = containers == [name]
            let childParts = self.parts(parts, name, isContainer: isContainer)
            var patients: [FoundPatient]
            switch child {
            case .success(let child): patients = visit(child, parts: childParts, depth: depth + 1)
            case .failure(let error): patients = [failed(error, at: "\(listing.path)/\(name)", parts: childParts)]
            }
            if isContainer {
                patients = patients.map { found in
                    guard found.patient.folder == "\(listing.path)/\(name)" else { return found }
                    return mentioningStrays(below: listing, found, FilePath.name(listing.path))
                }
            }
            hasContained = hasContained || isContainer && patients.contains(where: \.isUsable)
            found += patients.map { (isContainer, $0) }
        }
        guard hasContained else { return found.map(\.1) }
        // Beside `p1/anat`, `p1/dicom` is no patient of its own.
        return found.compactMap { isContained, found in
            guard !isContained, !found.isUsable else { return found }
            leave(found.patient.folder, "holds no image that is used")
            return nil
        }
    }

    /// Links to folders that are not there.
    package func lost(_ listing: FolderListing, _ parts: [String], layout: Layout? = nil) -> [FoundPatient] {
        listing.lostFolders.map { name in
            let path = "\(listing.path)/\(name)"
            let error = CollaGANError(
                .unreadable, path: path,
                "\(path): is a link to a folder that is not there; connect its disk or correct the link")
            return failed(
                error, at: path, parts: self.parts(parts, name, isContainer: false), layout: layout,
                bids: layout == .bids ? Patient.BIDSName(subject: name, session: nil) : nil)
        }
    }

    private func patient(
        _ listing: FolderListing, _ parts: [String], _ recognitions: [Recognition]
    ) -> FoundPatient {
        let name = parts.last ?? FilePath.name(listing.path)
        return FoundPatient(
            patient: assembly.patient(name: name, folder: listing.path, layout: plainLayout, recognitions),
            parts: parts.isEmpty ? [name] : parts)
    }

    /// What names of patients in a folder are made of: a folder that says only "here are images" is passed over, one that says
    /// only which visit it is joins the one above.
    private func parts(_ parts: [String], _ name: String, isContainer: Bool) -> [String] {
        if isContainer { return parts.isEmpty ? [FilePath.name(bounds.root)] : parts }
        guard let last = parts.last, FolderNames.isSession(name) else { return parts + [name] }
        return parts.dropLast() + ["\(last)_\(name)"]
    }
}
