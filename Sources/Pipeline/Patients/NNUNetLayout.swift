import Foundation

/// nnU-Net's raw data: `imagesTr/<case>_<channel>.nii.gz`, segmentations in `labelsTr/<case>.nii.gz`, channels named in
/// `dataset.json`.
struct NNUNetLayout {
    let walk: FolderWalk

    /// Folders of images beside the folders of their segmentations.
    private static let folders = [("imagesTr", "labelsTr"), ("imagesTs", "labelsTs"), ("imagesVal", "labelsVal")]

    /// Whether a folder has nnU-Net's folders, is one of them, or holds cases whose names nothing but the channel number explains.
    static func looksLikeIt(_ listing: FolderListing, _ recognizer: ContrastRecognizer) -> Bool {
        if folders.contains(where: { listing.folders.contains($0.0) }) { return true }
        let channels = listing.images.filter { NNUNetName.split($0) != nil }
        guard !channels.isEmpty, channels.count == listing.images.count else { return false }
        if folders.contains(where: { $0.0 == FilePath.name(listing.path) }) { return true }
        return recognizer.patterns.isEmpty
            && channels.allSatisfy { name in
                let found = recognizer.recognise(name)
                guard case .contrast = found.role else { return false }
                return found.reason.contains("nnU-Net")
            }
    }

    /// - Parameter parts: names of the folders above, from below the one that was given.
    func patients(_ listing: FolderListing, parts: [String]) -> [FoundPatient] {
        let assembly = assembly(listing.path)
        let present = Self.folders.filter { listing.folders.contains($0.0) }
        guard !present.isEmpty else {
            let labels = FilePath.name(listing.path).replacing("images", with: "labels")
            return cases(listing, labels: "\(FilePath.folder(listing.path))/\(labels)", parts, assembly)
        }
        var found: [FoundPatient] = []
        for (images, labels) in present {
            switch walk.open(images, in: listing) {
            case nil: continue
            case .success(let inner):
                found += cases(inner, labels: "\(listing.path)/\(labels)", parts + [images], assembly)
            case .failure(let error):
                found.append(
                    walk.failed(error, at: "\(listing.path)/\(images)", parts: parts + [images], layout: .nnunet))
            }
        }
        return found
    }

    private func assembly(_ folder: String) -> PatientAssembly {
        let isImages = Self.folders.contains { $0.0 == FilePath.name(folder) }
        let file = "\(isImages ? FilePath.folder(folder) : folder)/dataset.json"
        let names = NNUNetChannels.names(file)
        if names == nil, FileManager.default.fileExists(atPath: file) {
            walk.leave(file, "names no channels, so that channel numbers count the model's contrasts")
        }
        return PatientAssembly(recognizer: walk.assembly.recognizer.readingChannels(names))
    }

    private func cases(
        _ listing: FolderListing, labels: String, _ parts: [String], _ assembly: PatientAssembly
    ) -> [FoundPatient] {
        let groups = Dictionary(grouping: listing.images) { NNUNetName.split($0)?.caseName ?? "" }
        guard groups.contains(where: { !$0.key.isEmpty }) else {
            let names = listing.images.isEmpty ? listing.foreign : listing.images
            let example = names.first.map { ", only files like \($0)" } ?? ""
            let error = PipelineError(
                .noPatient, path: listing.path,
                "\(listing.path): holds no <case>_0000.nii.gz\(example); give every channel a NIfTI file of its own")
            return [
                walk.failed(
                    error, at: listing.path, parts: parts.isEmpty ? [FilePath.name(listing.path)] : parts,
                    layout: .nnunet)
            ]
        }
        for name in groups[""] ?? [] { walk.leave("\(listing.path)/\(name)", "its name ends in no channel number") }
        return groups.filter { !$0.key.isEmpty }.sorted { $0.key < $1.key }.map { name, files in
            var recognitions = assembly.recognise(files, in: listing.path)
            let segmentation = [".nii.gz", ".nii"].map { "\(labels)/\(name)\($0)" }
                .first { labels != listing.path && FileManager.default.fileExists(atPath: $0) }
            if let segmentation, !recognitions.contains(where: { $0.role == .lesion }) {
                recognitions.append(
                    Recognition(
                        path: segmentation, role: .lesion,
                        reason: "the case's segmentation in \(FilePath.name(labels))"))
            }
            let patient = assembly.patient(name: name, folder: listing.path, layout: .nnunet, recognitions)
            return FoundPatient(patient: patient, parts: parts + [name])
        }
    }
}

/// The part of nnU-Net's `dataset.json` that says which channel is what.
enum NNUNetChannels {
    /// More than any such file holds, lists of all its cases included.
    private static let largestFile = 1 << 26

    /// Names by channel: `channel_names` of version 2, else `modality` of version 1; nil if there is no such file or it says nothing.
    static func names(_ path: String) -> [Int: String]? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= largestFile,
            let description = JSONFile.read(Description.self, from: path)
        else { return nil }
        let names = (description.channelNames ?? description.modality ?? [:]).compactMap { key, name in
            Int(key).map { ($0, name) }
        }
        return names.isEmpty ? nil : Dictionary(names) { first, _ in first }
    }

    private struct Description: Decodable {
        let channelNames: [String: String]?
        let modality: [String: String]?

        private enum CodingKeys: String, CodingKey {
            case channelNames = "channel_names"
            case modality
        }
    }
}
