import Foundation

/// Finds the patients below a path: one patient's folder, a folder of patient folders, a BIDS dataset or nnU-Net's folders.
public struct PatientDiscovery: Sendable {
    /// How deep below the given folder patients are looked for, so that links cannot lead in circles.
    private static let maximumDepth = 3

    public let recognizer: ContrastRecognizer
    public let layout: Layout
    /// A folder that is never looked into: where the results go, should it lie among the patients.
    public let excludedFolder: String?

    /// - Throws: `PipelineError` as `ContrastRecognizer` does.
    public init(
        contrasts: [String], patterns: [FilePattern] = [], layout: Layout = .auto, excludedFolder: String? = nil
    ) throws(PipelineError) {
        recognizer = try ContrastRecognizer(
            contrasts: contrasts, patterns: patterns, prefersChannelNumbers: layout == .nnunet)
        self.layout = layout
        self.excludedFolder = excludedFolder.map(FilePath.resolved)
    }

    /// All patients, sorted by name. A patient that the names alone show to be unusable carries its `problem`.
    /// - Throws: `PipelineError.Code.unreadable` if the path is missing or no folder, `.noPatient` if nothing below it is
    ///   recognised as a patient's contrast, `.ambiguous` if two patients cannot be told apart by name.
    public func patients(in path: String) throws(PipelineError) -> [Patient] {
        let root = FilePath.absolute(path)
        guard FileManager.default.fileExists(atPath: root) else {
            throw PipelineError(.unreadable, path: path, "\(path): no such folder; give a patient's folder")
        }
        guard FolderListing.isFolder(root) else {
            throw PipelineError(
                .unreadable, path: path,
                "\(path): is a file; give the folder that holds the patient's images, \(FilePath.folder(root))")
        }
        let found = try unique(try find(root), below: root).sorted { $0.name < $1.name }
        guard found.contains(where: { $0.problem?.code != .noPatient }) else {
            throw nothingFound(path, found)
        }
        return found
    }

    private func find(_ root: String) throws(PipelineError) -> [Patient] {
        let listing = try FolderListing(root)
        let assembly = PatientAssembly(recognizer: recognizer)
        switch layout {
        case .bids: return try BIDSLayout(assembly: assembly).patients(listing)
        case .nnunet: return try NNUNetLayout(assembly: assembly).patients(listing)
        case .auto:
            if try BIDSLayout.looksLikeIt(listing) { return try BIDSLayout(assembly: assembly).patients(listing) }
            if NNUNetLayout.looksLikeIt(listing, recognizer) {
                return try NNUNetLayout(assembly: assembly).patients(listing)
            }
            return try folders(listing, depth: 0, assembly) ?? []
        case .plain, .brats: return try folders(listing, depth: 0, assembly) ?? []
        }
    }

    /// Patients in a folder and below: the folder itself if it holds a contrast, else what its folders hold.
    /// Nil if the folder is none of our business (it holds results of an earlier run, or is excluded).
    private func folders(
        _ listing: FolderListing, depth: Int, _ assembly: PatientAssembly
    ) throws(PipelineError) -> [Patient]? {
        let name = FilePath.name(listing.path)
        let own = assembly.patient(
            name: name, folder: listing.path, paths: listing.images.map { "\(listing.path)/\($0)" }, prefix: name)
        let holdsImages = !listing.images.isEmpty
        if holdsImages, own.problem?.code != .noPatient { return [own] }
        var below: [Patient] = []
        var isOnlyResults = holdsImages && own.recognitions.allSatisfy { $0.role == .ownOutput }
        if depth < Self.maximumDepth {
            for folder in listing.folders {
                let path = "\(listing.path)/\(folder)"
                guard FilePath.resolved(path) != excludedFolder, !holdsResults(path) else {
                    isOnlyResults = isOnlyResults || !holdsImages
                    continue
                }
                below += try folders(try FolderListing(path), depth: depth + 1, assembly) ?? []
            }
        }
        if below.contains(where: { $0.problem?.code != .noPatient }) { return below }
        if isOnlyResults { return nil }
        return depth > 0 || holdsImages ? [own] : below
    }

    /// Whether an earlier run left its manifest there.
    private func holdsResults(_ folder: String) -> Bool {
        JSONFile.read(RunManifest.self, from: "\(folder)/run.json")?.software.name == Software.name
    }

    /// Puts the folders before the names of patients that are called alike.
    /// - Throws: `PipelineError.Code.ambiguous` if two are called alike even then.
    private func unique(_ patients: [Patient], below root: String) throws(PipelineError) -> [Patient] {
        let counts = Dictionary(grouping: patients, by: \.name).mapValues(\.count)
        let renamed = patients.map { patient in
            guard counts[patient.name, default: 0] > 1, patient.folder.hasPrefix(root + "/") else { return patient }
            var parts = patient.folder.dropFirst(root.count + 1).split(separator: "/").map(String.init)
            if parts.last != patient.name { parts.append(patient.name) }
            return Patient(
                name: parts.joined(separator: "_"), folder: patient.folder, contrasts: patient.contrasts,
                brainMask: patient.brainMask, lesion: patient.lesion, bids: patient.bids,
                recognitions: patient.recognitions, problem: patient.problem)
        }
        var folders: [String: String] = [:]
        for patient in renamed {
            if let other = folders.updateValue(patient.folder, forKey: patient.name) {
                throw PipelineError(
                    .ambiguous, path: patient.folder,
                    "\(other) and \(patient.folder): both patients would be called \(patient.name);"
                        + " rename one of the folders")
            }
        }
        return renamed
    }

    private func nothingFound(_ path: String, _ found: [Patient]) -> PipelineError {
        let withFiles = found.first { !$0.recognitions.isEmpty }
        if let problem = withFiles?.problem, found.count == 1 { return problem }
        let wanted = recognizer.contrasts.joined(separator: ", ")
        let hint =
            withFiles == nil
            ? "holds no NIfTI file" : "none of the NIfTI files in its \(found.count) folders is recognised as \(wanted)"
        return PipelineError(
            .noPatient, path: path,
            "\(path): \(hint); give a patient's folder, a folder of such folders or a BIDS dataset"
                + (layout == .auto ? "" : " (read with --layout \(layout.rawValue))"))
    }
}
