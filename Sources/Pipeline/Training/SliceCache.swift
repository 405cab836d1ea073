import CollaGAN
import Files
import Foundation
import Patients
import Preprocessing

/// A folder of prepared patients, one `<patient>-<key>.slices` each, so that a training's memory does not grow with their number.
///
/// The key stands for the contents of the patient's files and the settings: a patient is prepared again when one of them changes, and
/// trainings with different settings can share a folder. A file that is damaged is made again.
package struct SliceCache: Sendable {
    private static let suffix = ".slices"
    /// An abandoned temporary file in a folder that others may be writing into is at least this old, in seconds.
    private static let abandoned = 3600.0

    package let folder: String
    private let settings: PreprocessingSettings
    private let isShared: Bool

    /// Makes the folder if needed and removes what a killed run left half written.
    /// - Parameter isShared: other trainings may use the folder at the same time; what they wrote is left alone.
    /// - Throws: `CollaGANError.Code.unwritable`.
    package init(_ folder: String, settings: PreprocessingSettings, isShared: Bool) throws(CollaGANError) {
        (self.folder, self.settings, self.isShared) = (FilePath.absolute(folder), settings, isShared)
        do {
            try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
            guard access(self.folder, W_OK | X_OK) == 0 else { throw POSIXError(.EACCES) }
        } catch {
            throw CollaGANError(
                .unwritable, path: folder,
                "\(folder): cannot be made or written to; give another folder for the prepared patients with --cache")
        }
        let oldest = Date(timeIntervalSinceNow: isShared ? -Self.abandoned : 0)
        for name in names() where name.hasPrefix(".") && name.hasSuffix(AtomicFile.temporarySuffix) {
            let path = "\(self.folder)/\(name)"
            let modified = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            if name.contains(Self.suffix), modified.map({ $0 <= oldest }) ?? false { unlink(path) }
        }
    }

    /// A patient whose slices come from the folder, prepared now if they are not there.
    /// - Throws: `CollaGANError.Code.unusablePatient` or `.unreadable` for the patient's own files, `.unwritable` for the folder.
    package func patient(_ patient: Patient, subject: String) throws(CollaGANError) -> TrainingPatient {
        try self.patient(patient, subject: subject, hashes: hashes(patient))
    }

    func patient(
        _ patient: Patient, subject: String, hashes: InputHashes
    ) throws(CollaGANError) -> TrainingPatient {
        let fingerprint = fingerprint(hashes)
        let path = path(patient, fingerprint)
        if let file = SliceFile(path, fingerprint: fingerprint) {
            return trainingPatient(patient.name, subject, file)
        }
        let images = try PatientImages(inputs(patient))
        let preprocessor = Preprocessor(settings)
        var contrasts = patient.available
        var prepared = try preprocessor.prepare(images, including: contrasts)
        // What a contrast does not cover would be learned as darkness.
        while prepared.stack.holes.contains(where: { $0 != nil }) {
            contrasts.removeAll { prepared.stack.holes[$0] != nil }
            guard contrasts.count > 1 else {
                throw CollaGANError(
                    .unusablePatient, path: patient.folder,
                    "\(patient.folder): fewer than two contrasts cover the whole brain, which training needs; leave the"
                        + " patient out")
            }
            prepared = try preprocessor.prepare(images, including: contrasts)
        }
        let header = SliceFileHeader(
            prepared.stack, settings: settings, hashes: hashes, fingerprint: fingerprint,
            notes: images.headers.doubts + images.headers.findings.map(\.text)
                + patient.available.filter { !contrasts.contains($0) }.map {
                    "\(settings.contrasts[$0]) does not cover the brain and is left out of this patient's training"
                } + prepared.notes)
        try SliceFile.write(prepared.stack, header, to: path)
        guard let file = SliceFile(path, fingerprint: fingerprint) else {
            throw CollaGANError(
                .unwritable, path: path, "\(path): does not hold what was written; check the disk, or give --cache")
        }
        return trainingPatient(patient.name, subject, file)
    }

    /// Hashes of all files that go into a patient's slices.
    func hashes(_ patient: Patient) throws(CollaGANError) -> InputHashes {
        try InputHashes(inputs(patient))
    }

    private func inputs(_ patient: Patient) -> PatientInputs {
        PatientInputs(patient, contrastNames: settings.contrasts, usesMask: true, usesLesion: false)
    }

    /// Whether a patient seems to be there; damage shows only when it is opened.
    func holds(_ patient: Patient, _ hashes: InputHashes) -> Bool {
        FileManager.default.fileExists(atPath: path(patient, fingerprint(hashes)))
    }

    /// Removes prepared patients that are none of these, unless the folder is shared.
    func keepOnly(_ patients: [(patient: Patient, hashes: InputHashes)]) {
        guard !isShared else { return }
        let kept = Set(patients.map { FilePath.name(path($0.patient, fingerprint($0.hashes))) })
        for name in names() where name.hasSuffix(Self.suffix) && !kept.contains(name) { unlink("\(folder)/\(name)") }
    }

    /// Removes what this process is writing, for when it ends on the spot.
    static func removeUnfinished(in folder: String) {
        let ending = "\(suffix).\(ProcessIdentity.shortName)\(AtomicFile.temporarySuffix)"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasSuffix(ending) {
            unlink("\(folder)/\(name)")
        }
    }

    private func names() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private func fingerprint(_ hashes: InputHashes) -> String {
        hashes.fingerprint(
            [
                "slices", "\(settings.contrasts)", "\(settings.cropHeight)x\(settings.cropWidth)",
                "\(settings.spacing)",
                "\(settings.normalisation)",
            ])
    }

    /// Long names are cut, so that they stay file names; the key tells them apart.
    private func path(_ patient: Patient, _ fingerprint: String) -> String {
        let name = String(decoding: patient.name.utf8.prefix(120), as: UTF8.self)
        return "\(folder)/\(name)-\(fingerprint.prefix(16))\(Self.suffix)"
    }

    private func trainingPatient(_ name: String, _ subject: String, _ file: SliceFile) -> TrainingPatient {
        let header = file.header
        return TrainingPatient(
            name: name, subject: subject, contrasts: header.contrasts,
            scales: header.scales.map { $0.map { Float($0) } },
            height: header.height, width: header.width, brainPixels: header.brainPixels, source: file)
    }
}
