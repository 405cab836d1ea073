import Files
import Foundation
import Patients
import Preprocessing
import Records
import Reports
import Volumes

/// What a file or a folder of patients holds, and how it was recognised.
package struct Inspection: Encodable, Sendable {
    /// One patient's files.
    package struct PatientInspection: Encodable, Sendable {
        package let name: String
        package let folder: String
        package let present: [String]
        package let missing: [String]
        package let problem: String?
        /// What a run would warn of: told by the names, and by the voxels where they were read.
        package let warnings: [String]
        package let files: [FileInspection]
    }

    package let path: String
    package let patients: [PatientInspection]

    /// Whether anything was found that would be refused.
    package var hasProblems: Bool {
        patients.contains { patient in patient.problem != nil || patient.files.contains { $0.problem != nil } }
    }

    /// Looks at one file, or at every patient below a folder. Voxels are read of one file or one patient only.
    /// - Throws: `CollaGANError` if there is nothing to look at.
    package init(
        path: String, contrasts: [String], patterns: [FilePattern], layout: Layout
    ) throws(CollaGANError) {
        self.path = path
        if FileManager.default.fileExists(atPath: path), !FolderListing.isFolder(path) {
            let recognizer = try ContrastRecognizer(
                contrasts: contrasts, patterns: patterns, prefersChannelNumbers: layout == .nnunet)
            let name = FilePath.name(path)
            let found = recognizer.recognise(path)
            let file = FileInspection(
                path, role: recognizer.name(of: found.role), reason: found.reason, readsVoxels: true)
            let present = contrasts.filter { $0 == file.role }
            let warnings = present.compactMap {
                SidecarCheck.contradiction(path, $0, among: contrasts, because: found.reason)
            }
            patients = [
                PatientInspection(
                    name: ImageName.stem(name), folder: FilePath.folder(path), present: present,
                    missing: contrasts.filter { !present.contains($0) }, problem: nil, warnings: warnings, files: [file]
                )
            ]
            return
        }
        let discovery = try PatientDiscovery(contrasts: contrasts, patterns: patterns, layout: layout)
        let found = try discovery.patients(in: path)
        patients = found.map { patient in
            let files = patient.recognitions.filter { ImageName.isImage($0.file) }.map { recognition in
                FileInspection(
                    recognition.path, role: discovery.recognizer.name(of: recognition.role),
                    reason: recognition.reason, readsVoxels: found.count == 1)
            }
            return PatientInspection(
                name: patient.name, folder: patient.folder, present: patient.available.map { contrasts[$0] },
                missing: patient.missing.map { contrasts[$0] },
                problem: (patient.problem ?? patient.lesionProblem)?.message,
                warnings: patient.warnings + (found.count == 1 ? Self.warnings(patient, files, contrasts) : []),
                files: files)
        }
    }

    private static func warnings(_ patient: Patient, _ files: [FileInspection], _ contrasts: [String]) -> [String] {
        func input(_ path: String?, isMask: Bool = false) -> PreprocessingInput? {
            guard let path, let volume = files.first(where: { $0.file == path })?.volume else { return nil }
            return PreprocessingInput(volume: volume, path: path, isMask: isMask)
        }
        let check = InputCheck(
            patient.contrasts.map { input($0) }, brainMask: input(patient.brainMask, isMask: true), contrasts: contrasts
        )
        return check.findings.map(\.text)
    }

    /// Writes a picture of every volume that was read.
    /// - Throws: `CollaGANError` if no volume was read or the file cannot be written.
    package func writeQuickLook(to file: String) throws(CollaGANError) {
        let volumes = patients.flatMap(\.files).compactMap { file in
            file.volume.map {
                (
                    title: file.role == "unrecognised" ? FilePath.name(file.file) : file.role,
                    volume: $0.reorientedToRAS()
                )
            }
        }
        guard !volumes.isEmpty else {
            throw CollaGANError(
                .unusablePatient, path: path,
                "\(path): no readable volume for a quick look; give one file or one patient's folder")
        }
        try AtomicFile.write(Data(QuickLook.png(volumes)), to: file)
    }

    /// For people.
    package func text() -> String {
        patients.map { patient in
            var lines = ["\(patient.name)  (\(patient.folder))"]
            lines.append("  present: \(list(patient.present))   missing: \(list(patient.missing))")
            if let problem = patient.problem { lines.append("  problem: \(problem)") }
            lines += patient.warnings.map { "  warning: \($0)" }
            return (lines + patient.files.flatMap(Self.lines)).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private func list(_ names: [String]) -> String { names.isEmpty ? "–" : names.joined(separator: " ") }

    private static func lines(_ file: FileInspection) -> [String] {
        var lines = ["  \(FilePath.name(file.file)): \(file.role) (\(file.reason))"]
        if let geometry = file.geometry {
            let size = geometry.size.map(String.init).joined(separator: "×")
            let spacing = geometry.spacing.map { short($0) }.joined(separator: "×")
            lines.append(
                "    \(size) voxels of \(spacing) mm, \(geometry.orientation), affine from \(geometry.affineFrom),"
                    + " \(geometry.datatype)")
        }
        if let values = file.intensities {
            lines.append(
                "    intensities \(short(values.minimum)) … \(short(values.maximum)), mean \(short(values.mean)),"
                    + " 99.5th percentile above 0: \(short(values.percentile995)),"
                    + " \(short(values.positive * 100)) % above 0")
        }
        lines += file.findings.map { "    \($0.severity): \($0.text)" }
        if let comment = file.comment { lines.append("    comment: \(comment)") }
        if let problem = file.problem { lines.append("    problem: \(problem)") }
        return lines
    }

    private static func short(_ value: Double?) -> String {
        guard let value else { return "–" }
        return value.magnitude >= 1e6 || value.isNaN ? "\(value)" : "\((value * 1000).rounded() / 1000)"
    }
}
