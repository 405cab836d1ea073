import DICOM
import Files
import Foundation
import Patients
import Records
import Registration
import Volumes

/// As what an imputed image is written besides the image itself.
package struct ImageCopies: Sendable {
    /// The contrast on whose own grid, as it was scanned, the image is written, too.
    package var space: String?
    /// By patient, the DICOM series on whose slices the image is written, too; nil for no DICOM.
    package var series: [String: DICOMSeries]?

    package init() {}

    /// What is to be written of one patient.
    /// - Throws: `CollaGANError.Code.unusablePatient`, `.unreadable` where it cannot be.
    func copies(for patient: Patient) throws(CollaGANError) -> PatientCopies {
        var copies = PatientCopies()
        if let space { copies.space = try ContrastSpace(space, of: patient) }
        if let series {
            guard let own = series[patient.name] else {
                throw CollaGANError(
                    .unusablePatient, path: patient.folder,
                    "\(patient.folder): --dicom: its images are no DICOM files, so there is no study to write into; leave"
                        + " --dicom out")
            }
            copies.series = own
            copies.prepared =
                JSONFile.read(PreparationRecord.self, from: "\(patient.folder)/\(PreparationRecord.file)")?.fingerprint
        }
        return copies
    }
}

/// What is written of one patient's imputed images besides them.
struct PatientCopies: Sendable {
    /// Nil where none was asked for, and where the images lie there already.
    var space: ContrastSpace?
    var series: DICOMSeries?
    /// Fingerprint of what the series was prepared to: its headers, which are copied, are among what that depends on.
    var prepared: String?

    /// What of it the files depend on.
    var fingerprint: [String] {
        (space.map { ["space \($0.contrast) \($0.sha256)"] } ?? [])
            + (series.map { ["dicom \($0.identity) \(prepared ?? "")"] } ?? [])
    }
}

/// How a contrast of a prepared patient lay as it was scanned.
struct ContrastSpace: Sendable {
    let contrast: String
    /// From the reference to the contrast.
    let motion: RigidMotion
    /// The contrast's own.
    let grid: Grid
    /// Of the file that says so.
    let sha256: String

    /// - Returns: nil where the contrast is the reference.
    /// - Throws: `CollaGANError.Code.unusablePatient` for a patient that was not prepared or lacks the contrast, `.unreadable`.
    init?(_ contrast: String, of patient: Patient) throws(CollaGANError) {
        func refusal(_ reason: String) -> CollaGANError {
            CollaGANError(.unusablePatient, path: patient.folder, "\(patient.folder): --space \(contrast): \(reason)")
        }
        let record = "\(patient.folder)/\(PreparationRecord.file)"
        guard let prepared = JSONFile.read(PreparationRecord.self, from: record) else {
            throw refusal(
                "the patient was not prepared, so nothing says how its \(contrast) was scanned; use --prepare, or leave"
                    + " --space out")
        }
        if prepared.reference == contrast { return nil }
        guard prepared.registration[contrast] != nil else {
            let names = ([prepared.reference] + prepared.registration.keys.sorted()).joined(separator: ", ")
            throw refusal("the patient has no \(contrast), only \(names); name one of these or leave --space out")
        }
        let file = "\(patient.folder)/transforms/\(contrast)_to_\(prepared.reference).json"
        self.contrast = contrast
        sha256 = try FileHash.sha256(file)
        (motion, grid) = try TransformFile.read(file)
    }

    /// An image on the reference's grid as it lies on the contrast's; interpolated linearly.
    func placed(_ image: Volume) -> Volume { image.registered(by: motion.inverse, onto: grid) }
}
