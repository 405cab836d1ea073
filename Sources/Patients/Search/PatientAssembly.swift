import Files

/// Makes a patient of files that belong together.
struct PatientAssembly {
    package var recognizer: ContrastRecognizer

    /// What the names of some files of one folder say.
    /// - Parameter prefix: what file names may repeat of the patient's name.
    package func recognise(_ names: [String], in folder: String, prefix: String? = nil) -> [Recognition] {
        names.map { recognizer.recognise("\(folder)/\($0)", patient: prefix) }
    }

    /// What the names of a folder's volumes say; of those in formats that are not read, one for each thing there is to say.
    package func recognise(_ listing: FolderListing, prefix: String? = nil) -> [Recognition] {
        var said: Set<String> = []
        let foreign = recognise(listing.foreign, in: listing.path, prefix: prefix).filter {
            said.insert("\($0.reason) \($0.meant ?? -1)").inserted
        }
        return recognise(listing.images, in: listing.path, prefix: prefix) + foreign
    }

    /// A patient's files, and the folders called like images that nothing else of the patient is: such a folder counts as that
    /// file, so that reading it says what is wrong. A contrast that was acquired must not pass for missing.
    package func counting(_ folders: [String], in folder: String, prefix: String? = nil, beside files: [Recognition])
        -> [Recognition]
    {
        let found = recognise(folders, in: folder, prefix: prefix)
        return files
            + found.filter { found in
                found.role == .unrecognised ? found.mayBeMeant : !files.contains { $0.role == found.role }
            }
    }

    /// - Parameter files: the patient's files, in a fixed order.
    package func patient(
        name: String, folder: String, layout: Layout, _ files: [Recognition], bids: Patient.BIDSName? = nil
    ) -> Patient {
        let recognitions = MaskContext.resolved(files)
        var byRole: [(role: FileRole, path: String)] = []
        var (problem, lesionProblem): (CollaGANError?, CollaGANError?)
        for recognition in recognitions {
            switch recognition.role {
            case .contrast, .brainMask, .lesion:
                if let other = byRole.first(where: { $0.role == recognition.role }) {
                    let error = ambiguity(recognition.role, other.path, recognition.path)
                    if recognition.role == .lesion {
                        lesionProblem = lesionProblem ?? error
                    } else {
                        problem = problem ?? error
                    }
                } else {
                    byRole.append((recognition.role, recognition.path))
                }
            case .ownOutput, .unrecognised: break
            }
        }
        let contrasts = recognizer.contrasts.indices.map { index in
            byRole.first { $0.role == .contrast(index) }?.path
        }
        if contrasts.allSatisfy({ $0 == nil }) {
            problem = noContrast(folder, recognitions)
        }
        return Patient(
            name: name, folder: folder, layout: layout, contrasts: contrasts,
            brainMask: byRole.first { $0.role == .brainMask }?.path, lesion: byRole.first { $0.role == .lesion }?.path,
            bids: bids, recognitions: recognitions, problem: problem, lesionProblem: lesionProblem)
    }

    private func ambiguity(_ role: FileRole, _ first: String, _ second: String) -> CollaGANError {
        let name = recognizer.name(of: role)
        let glob = Self.telling(first, from: second) ?? Self.telling(second, from: first) ?? Self.ending(first, second)
        return CollaGANError(
            .ambiguous, path: first,
            "two files for \(name): \(first) and \(second); remove or rename one, or say which is meant, e.g. --pattern"
                + " \(name)='\(glob)' (a pattern counts for all patients: add one for files that are called otherwise, and look"
                + " at --plan)")
    }

    /// A glob made of the part of a file's name that another's lacks, as `*_run-1_*`; it may fit other patients' files, too.
    private static func telling(_ path: String, from other: String) -> String? {
        let (file, otherFile) = (FilePath.name(path), FilePath.name(other))
        let otherParts = ImageName.stem(otherFile).split(separator: "_")
        let parts = ImageName.stem(file).split(separator: "_")
        return parts.lazy.filter { !otherParts.contains($0) }.map { "*_\($0)*" }
            .first { FilePattern.fits($0, file: file) && !FilePattern.fits($0, file: otherFile) }
    }

    /// The file's name, with its folder where two files are called alike.
    private static func ending(_ path: String, _ other: String) -> String {
        let file = FilePath.name(path)
        guard file.lowercased() == FilePath.name(other).lowercased() else { return file }
        return "\(FilePath.name(FilePath.folder(path)))/\(file)"
    }

    private func noContrast(_ folder: String, _ recognitions: [Recognition]) -> CollaGANError {
        let wanted = recognizer.contrasts.joined(separator: ", ")
        let inputs = recognitions.filter { $0.role != .ownOutput && ImageName.isImage($0.file) }
        if inputs.isEmpty, let foreign = recognitions.first(where: { !ImageName.isImage($0.file) }) {
            return CollaGANError(
                .noPatient, path: folder, "\(folder): holds no NIfTI file; \(foreign.file) \(foreign.reason)")
        }
        guard let first = inputs.first else {
            return CollaGANError(
                .noPatient, path: folder,
                "\(folder): holds no NIfTI file; put the patient's \(wanted) there as .nii or .nii.gz")
        }
        if inputs.allSatisfy(\.mayBeMeant) {
            let others = inputs.count > 1 ? " (\(inputs.count - 1) more cannot be used either)" : ""
            return CollaGANError(
                .noPatient, path: folder, "\(folder): \(first.file) is no contrast: it \(first.reason)\(others)")
        }
        let names = inputs.prefix(4).map(\.file).joined(separator: ", ") + (inputs.count > 4 ? ", …" : "")
        return CollaGANError(
            .noPatient, path: folder,
            "\(folder): none of its files (\(names)) is recognised as \(wanted); rename them or say which is which,"
                + " e.g. --pattern \(recognizer.contrasts[0])='…'")
    }
}
