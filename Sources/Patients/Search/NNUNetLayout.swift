import Files
import Foundation
import Volumes

/// nnU-Net's raw data: `imagesTr/<case>_<channel>.nii.gz`, segmentations in `labelsTr/<case>.nii.gz`, channels named in
/// `dataset.json`.
struct NNUNetLayout {
    package let walk: FolderWalk

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
    package func patients(_ listing: FolderListing, parts: [String]) -> [FoundPatient] {
        let naming = naming(listing.path)
        let present = Self.folders.filter { listing.folders.contains($0.0) }
        guard !present.isEmpty else {
            let labels = FilePath.name(listing.path).replacing("images", with: "labels")
            return cases(listing, labels: "\(FilePath.folder(listing.path))/\(labels)", parts, naming)
        }
        var found: [FoundPatient] = []
        for (images, labels) in present {
            switch walk.open(images, in: listing) {
            case nil: continue
            case .success(let inner):
                found += cases(inner, labels: "\(listing.path)/\(labels)", parts + [images], naming)
            case .failure(let error):
                found.append(
                    walk.failed(error, at: "\(listing.path)/\(images)", parts: parts + [images], layout: .nnunet))
            }
        }
        return found
    }

    /// How a dataset's files are told apart: by its channels, or by patterns alone where `dataset.json` fails to name them. The
    /// model's order would be a guess then, which could give every file another contrast's name.
    private func naming(_ folder: String) -> Naming {
        let isImages = Self.folders.contains { $0.0 == FilePath.name(folder) }
        let file = "\(isImages ? FilePath.folder(folder) : folder)/dataset.json"
        let recognizer = walk.assembly.recognizer
        switch NNUNetChannels(file) {
        case .missing: return Naming(assembly: PatientAssembly(recognizer: recognizer.readingChannels(nil)))
        case .named(let names): return Naming(assembly: PatientAssembly(recognizer: recognizer.readingChannels(names)))
        case .unknown(let fault):
            var naming = Naming(assembly: PatientAssembly(recognizer: recognizer.readingChannels([:])))
            if recognizer.contrasts.indices.contains(where: { recognizer.hasPattern(for: .contrast($0)) }) {
                walk.leave(file, "\(fault); only patterns say what the channels are")
            } else {
                naming.problem = CollaGANError(
                    .badConfiguration, path: file,
                    "\(file): \(fault), so that nothing says what the channels are; correct it, remove it to count the"
                        + " model's contrasts, or give --pattern \(recognizer.contrasts[0])='*_0000' and so on")
            }
            return naming
        }
    }

    private struct Naming {
        let assembly: PatientAssembly
        /// Why no patient of the dataset can be used.
        var problem: CollaGANError?
    }

    private func cases(
        _ listing: FolderListing, labels: String, _ parts: [String], _ naming: Naming
    ) -> [FoundPatient] {
        let assembly = naming.assembly
        let groups = Dictionary(grouping: listing.images, by: Self.caseName)
        let folders = Dictionary(grouping: listing.foldersLikeImages, by: Self.caseName)
        let foreign = Dictionary(grouping: listing.foreign, by: Self.caseName)
        guard groups.contains(where: { !$0.key.isEmpty }) else {
            let names = listing.images.isEmpty ? listing.foreign : listing.images
            let example = names.first.map { ", only files like \($0)" } ?? ""
            let error = CollaGANError(
                .noPatient, path: listing.path,
                "\(listing.path): holds no <case>_0000.nii.gz\(example); give every channel a NIfTI file of its own")
            return [
                walk.failed(
                    error, at: listing.path, parts: parts.isEmpty ? [FilePath.name(listing.path)] : parts,
                    layout: .nnunet)
            ]
        }
        for name in groups[""] ?? [] { walk.leave("\(listing.path)/\(name)", "its name ends in no channel number") }
        // A case of which nothing is NIfTI is told of, too, as a patient that fails.
        let cases = Set(groups.keys).union(folders.keys).union(foreign.keys).filter { !$0.isEmpty }.sorted()
        return cases.map { name in
            if let problem = naming.problem {
                return walk.failed(problem, at: listing.path, parts: parts + [name], layout: .nnunet)
            }
            let files = groups[name, default: []] + foreign[name, default: []]
            var recognitions = assembly.counting(
                folders[name, default: []], in: listing.path, beside: assembly.recognise(files, in: listing.path))
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

    /// Empty for a file that is no case's channel.
    private static func caseName(_ file: String) -> String {
        NNUNetName.split(ForeignFormat(file).map { $0.stem + ".nii" } ?? file)?.caseName ?? ""
    }
}
