import Files
import Foundation

/// Finds the patients below a path: one patient's folder, a folder of patient folders, a BIDS dataset or nnU-Net's folders.
package struct PatientDiscovery: Sendable {
    package let recognizer: ContrastRecognizer
    package let layout: Layout
    /// A folder that is never looked into: where the results go, should it lie among the patients.
    package let excludedFolder: String?

    /// - Throws: `CollaGANError` as `ContrastRecognizer` does.
    package init(
        contrasts: [String], patterns: [FilePattern] = [], layout: Layout = .auto, excludedFolder: String? = nil
    ) throws(CollaGANError) {
        recognizer = try ContrastRecognizer(
            contrasts: contrasts, patterns: patterns, prefersChannelNumbers: layout == .nnunet)
        self.layout = layout
        self.excludedFolder = excludedFolder.map(FilePath.resolved)
    }

    /// All patients, sorted by name. A patient that the names alone show to be unusable carries its `problem`.
    /// - Throws: as `search`.
    package func patients(in path: String) throws(CollaGANError) -> [Patient] {
        try search(path).patients
    }

    /// What a search came to.
    package struct Found: Sendable {
        /// Those that were chosen, sorted by name.
        package let patients: [Patient]
        /// Names of those from whom a part was taken, the chosen ones among them, sorted.
        package let cohort: [String]
        /// What was passed over.
        package let leftOut: [LeftOut]
    }

    /// Patients and what was passed over. No patient's fault stops the search: who cannot be used carries a `problem`.
    /// - Parameter selection: whom to choose; of the others only names are read.
    /// - Throws: `CollaGANError.Code.unreadable` if the path is missing or no folder that can be listed, `.noPatient` if nothing
    ///   below it is recognised as a patient's contrast, `.badConfiguration` if the selection names nobody's.
    package func search(
        _ path: String, choosing selection: PatientSelection = PatientSelection()
    ) throws(CollaGANError) -> Found {
        try search(path, choosing: selection) { $0 }
    }

    /// The same, where folders of DICOM files are patients, too. No patient is a dataset's.
    /// - Parameter folders: those of patients; where images are recognised in one, above or below it, these are the patient.
    package func search(
        _ path: String, choosing selection: PatientSelection, adding folders: [DICOMPlace]
    ) throws(CollaGANError) -> Found {
        try search(path, choosing: selection) { found in
            let images = found.filter(\.isUsable)
            func isFree(_ folder: String, of others: [String]) -> Bool {
                !others.contains { $0 == folder || $0.hasPrefix(folder + "/") || folder.hasPrefix($0 + "/") }
            }
            let added = folders.filter { isFree($0.path, of: images.map(\.patient.folder)) }
            let left = found.filter { $0.isUsable || isFree($0.patient.folder, of: added.map(\.path)) }
            return left.map { found in
                var found = found
                found.patient.bids = nil
                return found
            } + added.map { FoundPatient.dicom($0, contrasts: recognizer.contrasts.count) }
        }
    }

    private func search(
        _ path: String, choosing selection: PatientSelection, _ change: ([FoundPatient]) -> [FoundPatient]
    ) throws(CollaGANError) -> Found {
        let root = FilePath.absolute(path)
        guard FileManager.default.fileExists(atPath: root) else {
            throw CollaGANError(.unreadable, path: path, "\(path): no such folder; give a patient's folder")
        }
        guard FolderListing.isFolder(root) else {
            throw CollaGANError(
                .unreadable, path: path,
                "\(path): is a file; give the folder that holds the patient's images, \(FilePath.folder(root))")
        }
        let walk = FolderWalk(recognizer, layout: layout, root: root, excluded: excludedFolder)
        var found = change(try walk.patients())
        if Set(found.map(\.patient.datasetFolder)).count > 1 {
            // Subjects of several datasets, or of one among other patients: derivatives of no single dataset.
            for index in found.indices { found[index].patient.bids = nil }
        }
        let patients = PatientNames.distinct(found).sorted { $0.name < $1.name }
        guard patients.contains(where: { $0.problem?.code != .noPatient }) else {
            throw nothingFound(path, patients)
        }
        let cohort = try selection.cohort(of: patients, in: path)
        return Found(
            patients: selection.share(of: cohort).map(remarked), cohort: cohort.map(\.name),
            leftOut: walk.leftOut.sorted { $0.path < $1.path })
    }

    /// The patient with what its unused images and the sidecars of the others are to be told of.
    private func remarked(_ patient: Patient) -> Patient {
        guard patient.problem == nil, !patient.holdsDICOM else { return patient }
        var patient = patient
        let names = recognizer.contrasts
        let contradictions = zip(names, patient.contrasts).compactMap { name, path -> Patient.Remark? in
            guard let path, let file = patient.recognitions.first(where: { $0.path == path }) else { return nil }
            return SidecarCheck.contradiction(path, name, among: names, because: file.reason).map {
                Patient.Remark(.contradictingSidecar, $0)
            }
        }
        patient.findings = [UnusedImages.remark(on: patient, contrasts: names)].compactMap(\.self) + contradictions
        return patient
    }

    private func nothingFound(_ path: String, _ found: [Patient]) -> CollaGANError {
        let withFiles = found.first { !$0.recognitions.isEmpty }
        if let problem = (withFiles ?? found.first)?.problem, found.count == 1 { return problem }
        let wanted = recognizer.contrasts.joined(separator: ", ")
        let hint =
            if let withFiles, withFiles.recognitions.contains(where: { ImageName.isImage($0.file) }) {
                "none of the NIfTI files in its \(found.count) folders is recognised as \(wanted)"
            } else if let file = withFiles?.recognitions.first {
                "holds no NIfTI file; \(file.path) \(file.reason)"
            } else {
                "holds no NIfTI file"
            }
        return CollaGANError(
            .noPatient, path: path,
            "\(path): \(hint); give a patient's folder, a folder of such folders or a BIDS dataset"
                + (layout == .auto ? "" : " (read with --layout \(layout.rawValue))"))
    }
}

/// A folder or file that was passed over while patients were looked for.
package struct LeftOut: Sendable, Equatable, Encodable {
    package let path: String
    /// Half a sentence for people.
    package let reason: String
}
