import Foundation

/// nnU-Net's raw data: `imagesTr/<case>_<channel>.nii.gz`, segmentations in `labelsTr/<case>.nii.gz`.
struct NNUNetLayout {
    let assembly: PatientAssembly

    /// Folders of images beside the folders of their segmentations.
    private static let folders = [("imagesTr", "labelsTr"), ("imagesTs", "labelsTs")]

    /// Whether a folder has nnU-Net's folders, or holds cases whose names nothing but the channel number explains.
    static func looksLikeIt(_ listing: FolderListing, _ recognizer: ContrastRecognizer) -> Bool {
        if folders.contains(where: { listing.folders.contains($0.0) }) { return true }
        return !listing.images.isEmpty && recognizer.patterns.isEmpty
            && listing.images.allSatisfy { name in
                guard NNUNetName.split(name) != nil, case .contrast = recognizer.recognise(name).role else {
                    return false
                }
                return recognizer.recognise(name).reason.contains("nnU-Net")
            }
    }

    func patients(_ listing: FolderListing) throws(PipelineError) -> [Patient] {
        var patients: [Patient] = []
        for (images, labels) in Self.folders where listing.folders.contains(images) {
            patients += try cases("\(listing.path)/\(images)", labels: "\(listing.path)/\(labels)")
        }
        if patients.isEmpty {
            let labels = FilePath.name(listing.path).replacingOccurrences(of: "images", with: "labels")
            patients = try cases(listing.path, labels: "\(FilePath.folder(listing.path))/\(labels)")
        }
        return patients
    }

    private func cases(_ folder: String, labels: String) throws(PipelineError) -> [Patient] {
        let listing = try FolderListing(folder)
        let groups = Dictionary(grouping: listing.images.filter { NNUNetName.split($0) != nil }) {
            NNUNetName.split($0)?.caseName ?? $0
        }
        return groups.sorted { $0.key < $1.key }.map { name, files in
            let found = assembly.patient(name: name, folder: folder, paths: files.map { "\(folder)/\($0)" })
            let segmentation = [".nii.gz", ".nii"].map { "\(labels)/\(name)\($0)" }
                .first { labels != folder && FileManager.default.fileExists(atPath: $0) }
            return Patient(
                name: name, folder: folder, contrasts: found.contrasts, brainMask: found.brainMask,
                lesion: found.lesion ?? segmentation, bids: nil, recognitions: found.recognitions,
                problem: found.problem)
        }
    }
}
