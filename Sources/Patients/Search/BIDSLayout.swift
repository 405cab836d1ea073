import Files

/// `sub-*/[ses-*/]anat`: one patient per subject and session; masks and lesions from the dataset's derivatives, too.
struct BIDSLayout {
    package let walk: FolderWalk

    /// Whether a folder is a BIDS dataset, or a subject, a session or an `anat` folder of one.
    static func looksLikeIt(_ listing: FolderListing) -> Bool {
        kind(listing) != nil
    }

    private enum Kind {
        case dataset
        case subject
        case session
        case anatomy
    }

    private static func kind(_ listing: FolderListing) -> Kind? {
        let name = FilePath.name(listing.path)
        let above = FilePath.name(FilePath.folder(listing.path))
        if name.hasPrefix("sub-"), hasAnatomy(listing) { return .subject }
        if name.hasPrefix("ses-"), above.hasPrefix("sub-"), listing.folders.contains("anat") { return .session }
        if name == "anat", above.hasPrefix("sub-") || above.hasPrefix("ses-"),
            listing.images.contains(where: { $0.hasPrefix("sub-") })
        {
            return .anatomy
        }
        let subjects = listing.folders.filter { $0.hasPrefix("sub-") }
        guard !subjects.isEmpty else { return nil }
        if FilePath.isRegularFile("\(listing.path)/dataset_description.json") { return .dataset }
        let isDataset = subjects.contains { subject in
            (try? FolderListing("\(listing.path)/\(subject)")).map(hasAnatomy) ?? false
        }
        return isDataset ? .dataset : nil
    }

    private static func hasAnatomy(_ listing: FolderListing) -> Bool {
        listing.folders.contains("anat")
            || listing.folders.contains {
                $0.hasPrefix("ses-") && FolderListing.isFolder("\(listing.path)/\($0)/anat")
            }
    }

    /// - Parameter parts: names of the folders above, from below the one that was given.
    package func patients(_ listing: FolderListing, parts: [String]) -> [FoundPatient] {
        let above = FilePath.folder(listing.path)
        switch Self.kind(listing) {
        case .subject:
            return subject(
                listing, subject: FilePath.name(listing.path), parts: parts.dropLast(),
                derivatives: derivatives(of: above))
        case .session:
            let subject = FilePath.name(above)
            return [
                anatomy(
                    "\(listing.path)/anat", subject: subject, session: FilePath.name(listing.path),
                    parts: parts.dropLast(),
                    derivatives: derivatives(of: FilePath.folder(above)))
            ]
        case .anatomy:
            let session = FilePath.name(above).hasPrefix("ses-") ? FilePath.name(above) : nil
            let subject = session == nil ? above : FilePath.folder(above)
            return [
                anatomy(
                    listing.path, subject: FilePath.name(subject), session: session, parts: parts.dropLast(),
                    derivatives: derivatives(of: FilePath.folder(subject)))
            ]
        case .dataset, nil: return dataset(listing, parts)
        }
    }

    private func dataset(_ listing: FolderListing, _ parts: [String]) -> [FoundPatient] {
        let derivatives = derivatives(of: listing.path)
        var found = walk.lost(listing, parts, layout: .bids).filter { $0.patient.name.hasPrefix("sub-") }
        for folder in listing.folders {
            let path = "\(listing.path)/\(folder)"
            guard folder.hasPrefix("sub-") else {
                walk.leave(
                    path,
                    folder == "derivatives"
                        ? "is searched for brain masks and lesions only" : "is no subject of the BIDS dataset")
                continue
            }
            switch walk.open(folder, in: listing) {
            case nil: continue
            case .success(let listing):
                found += subject(listing, subject: folder, parts: parts[...], derivatives: derivatives)
            case .failure(let error):
                found.append(
                    walk.failed(
                        error, at: path, parts: parts + [folder], layout: .bids,
                        bids: Patient.BIDSName(subject: folder, session: nil)))
            }
        }
        return found
    }

    private func subject(
        _ listing: FolderListing, subject: String, parts: ArraySlice<String>, derivatives: BIDSDerivatives
    ) -> [FoundPatient] {
        var found: [FoundPatient] = []
        for session in listing.folders where session.hasPrefix("ses-") {
            let path = "\(listing.path)/\(session)"
            do {
                guard try FolderListing(path).folders.contains("anat") else {
                    walk.leave(path, "has no anat folder")
                    continue
                }
                found.append(
                    anatomy("\(path)/anat", subject: subject, session: session, parts: parts, derivatives: derivatives))
            } catch {
                found.append(
                    walk.failed(
                        error, at: path, parts: parts + ["\(subject)_\(session)"], layout: .bids,
                        bids: Patient.BIDSName(subject: subject, session: session)))
            }
        }
        if listing.folders.contains("anat") {
            found.append(
                anatomy("\(listing.path)/anat", subject: subject, session: nil, parts: parts, derivatives: derivatives))
        } else if found.isEmpty {
            found.append(anatomy(listing.path, subject: subject, session: nil, parts: parts, derivatives: derivatives))
        }
        return found
    }

    private func anatomy(
        _ folder: String, subject: String, session: String?, parts: ArraySlice<String>,
        derivatives: BIDSDerivatives
    ) -> FoundPatient {
        let bids = Patient.BIDSName(subject: subject, session: session)
        let name = ([subject] + [session].compactMap { $0 }).joined(separator: "_")
        do {
            let listing = try FolderListing(folder)
            let files = walk.assembly.recognise(listing).map(bids.checked)
            let own = walk.assembly.counting(listing.foldersLikeImages, in: folder, beside: files).map(bids.checked)
            let patient = walk.assembly.patient(
                name: name, folder: folder, layout: .bids, own + derivatives.masks(of: bids, beside: own), bids: bids)
            return FoundPatient(patient: patient, parts: parts + [name])
        } catch {
            return walk.failed(error, at: folder, parts: parts + [name], layout: .bids, bids: bids)
        }
    }

    private func derivatives(of dataset: String) -> BIDSDerivatives {
        BIDSDerivatives(of: dataset, walk)
    }
}
