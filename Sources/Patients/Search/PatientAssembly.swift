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
                if byRole.contains(where: { $0.role == recognition.role }) {
                    if recognition.role == .lesion {
                        lesionProblem = lesionProblem ?? ambiguity(recognition.role, recognitions)
                    } else {
                        problem = problem ?? ambiguity(recognition.role, recognitions)
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

    /// Names the two files that come first of those for one image, and says how many more there are.
    private func ambiguity(_ role: FileRole, _ recognitions: [Recognition]) -> CollaGANError {
        let name = recognizer.name(of: role)
        let paths = recognitions.filter { $0.role == role }.map(\.path)
        let what =
            paths.count == 2
            ? "two files for \(name): \(paths[0]) and \(paths[1]); remove or rename one"
            : "\(paths.count) files for \(name): \(paths[0]), \(paths[1]) and \(paths.count - 2) more; remove or rename all"
                + " but one"
        return CollaGANError(
            .ambiguous, path: paths[0],
            "\(what), or say which is meant, e.g. --pattern \(name)='\(Self.glob(paths))' (a pattern counts for all"
                + " patients: add one for files that are called otherwise, and look at --plan)")
    }

    /// A glob that fits one of the first two files, and none of the others.
    private static func glob(_ paths: [String]) -> String {
        for path in paths.prefix(2) {
            if let glob = telling(path, from: paths.filter { $0 != path }) { return glob }
        }
        return ending(paths[0], paths.dropFirst())
    }

    /// A glob made of the part of a file's name that others lack, as `*_run-1_*`; it may fit other patients' files, too.
    private static func telling(_ path: String, from others: [String]) -> String? {
        let (file, otherFiles) = (FilePath.name(path), others.map(FilePath.name))
        let otherParts = Set(otherFiles.flatMap { ImageName.stem($0).split(separator: "_") })
        let parts = ImageName.stem(file).split(separator: "_")
        return parts.lazy.filter { !otherParts.contains($0) }.map { "*_\($0)*" }.first { glob in
            FilePattern.fits(glob, file: file) && !otherFiles.contains { FilePattern.fits(glob, file: $0) }
        }
    }

    /// The file's name, with its folder where another file is called alike.
    private static func ending(_ path: String, _ others: ArraySlice<String>) -> String {
        let file = FilePath.name(path)
        guard others.contains(where: { FilePath.name($0).lowercased() == file.lowercased() }) else { return file }
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
