import DICOM
import Files
import Foundation
import Patients
import Records
import Volumes

/// A patient's images as they came from the scanner or its archive: which there are, known without any voxel.
package struct RawPatient: Sendable {
    /// Where one contrast is from.
    enum Source: Sendable {
        case file(String)
        case series(DICOMSeries)
    }

    /// One contrast.
    struct Contrast: Sendable {
        let name: String
        let source: Source
        let grid: Grid

        /// For a message: what it is and where it lies.
        func place(in patient: Patient) -> String {
            switch source {
            case .file(let path): path
            case .series(let series): "\(patient.folder): \(series.name)"
            }
        }
    }

    package let patient: Patient
    /// In the model's order.
    let contrasts: [Contrast]
    /// The patient's own mask, or nil.
    let brainMask: String?
    /// The patient's own segmentation, or nil.
    let lesion: String?
    /// Every series with its verdict; nil for a patient of NIfTI files.
    package let series: [PreparationRecord.Series]?
    package let warnings: [ResultWarning]
    /// Names of the contrasts that are there.
    package var names: [String] { contrasts.map(\.name) }
    /// Nil for a patient of DICOM files.
    let inputs: PatientInputs?

    /// Reads headers.
    /// - Throws: `CollaGANError.Code.unusablePatient` for what cannot be used, `.ambiguous`, `.noPatient`.
    package init(_ patient: Patient, _ settings: PreparationSettings) throws(CollaGANError) {
        if let problem = patient.problem { throw problem }
        self.patient = patient
        if patient.holdsDICOM {
            let (found, verdicts, warnings) = try Self.choose(patient, settings)
            (contrasts, series, self.warnings) = (found, verdicts, warnings)
            (brainMask, lesion, inputs) = (nil, nil, nil)
        } else {
            let inputs = PatientInputs(
                patient, contrastNames: settings.contrasts, usesMask: true, usesLesion: true)
            contrasts = try inputs.contrasts.compactMap(\.self).map { file throws(CollaGANError) -> Contrast in
                do throws(VolumeError) {
                    let grid = try NIfTIFile.readHeader(file.path).grid
                    return Contrast(name: file.role, source: .file(file.path), grid: grid)
                } catch {
                    throw CollaGANError(.unusablePatient, path: file.path, error.message)
                }
            }
            let isOneLesion = patient.lesionProblem == nil
            (brainMask, series, self.inputs) = (inputs.brainMask?.path, nil, inputs)
            lesion = isOneLesion ? inputs.lesion?.path : nil
            warnings =
                patient.remarks.map { remark in
                    ResultWarning(remark.kind == .leftOut ? .leftOutFile : .contradictingSidecar, remark.text)
                }
                + (isOneLesion
                    ? []
                    : [
                        ResultWarning(
                            .leftOutFile,
                            "several files may be the lesion mask, and none came along; name it with --pattern lesion=…"
                        )
                    ])
        }
        if let reference = settings.reference, !contrasts.contains(where: { $0.name == reference }) {
            throw CollaGANError(
                .unusablePatient, path: patient.folder,
                "\(patient.folder): has no \(reference) to be the reference, only"
                    + " \(contrasts.map(\.name).joined(separator: ", ")); leave --reference out or name one of these")
        }
    }

    private static func choose(
        _ patient: Patient, _ settings: PreparationSettings
    ) throws(CollaGANError) -> ([Contrast], [PreparationRecord.Series], [ResultWarning]) {
        do throws(DICOMError) {
            let folder = try DICOMFolder(patient.folder)
            if folder.series.isEmpty, let unreadable = folder.unreadable.first { throw unreadable }
            let choice = SeriesChoice(folder.series, decided: settings.series)
            let verdicts = choice.verdicts.map { verdict in
                PreparationRecord.Series(
                    number: verdict.series.number, files: verdict.series.slices.count, contrast: verdict.contrast,
                    reason: verdict.reason.onOneLine)
            }
            var contrasts: [Contrast] = []
            for name in settings.contrasts {
                guard let series = choice.series(for: name) else { continue }
                contrasts.append(Contrast(name: name, source: .series(series), grid: try series.grid()))
            }
            guard !contrasts.isEmpty else { throw .noSeries(patient.folder, verdicts.map(\.text)) }
            let doubtful = zip(choice.verdicts, verdicts).filter(\.0.isDoubtful).map(\.1)
            let lost = settings.series.sorted { $0.key < $1.key }.filter { decided in
                !folder.series.contains { $0.number == decided.value }
            }
            let unreadable =
                folder.unreadable.isEmpty
                ? []
                : [
                    ResultWarning(
                        .leftOutFile,
                        "\(Wording.count(folder.unreadable.count, "DICOM file")) could not be read and"
                            + " \(folder.unreadable.count == 1 ? "was" : "were") left out; export the study again")
                ]
            return (
                contrasts, verdicts,
                doubtful.map { ResultWarning(.doubtfulSeries, $0.text) }
                    + lost.map {
                        ResultWarning(.doubtfulSeries, "there is no series \($0.value), which you named for \($0.key)")
                    } + unreadable
            )
        } catch {
            throw error.asPatient(patient)
        }
    }

    /// The series that is the reference; nil where that is a file.
    package func referenceSeries(_ settings: PreparationSettings) -> DICOMSeries? {
        if case .series(let series) = reference(settings).source { series } else { nil }
    }

    /// The contrast on whose grid all are to lie: the one with the smallest largest voxel side, of equal ones the first.
    func reference(_ settings: PreparationSettings) -> Contrast {
        if let name = settings.reference, let chosen = contrasts.first(where: { $0.name == name }) { return chosen }
        // Hundredths of a millimetre: headers round differently.
        func side(_ contrast: Contrast) -> Int { Int(min(contrast.grid.spacing.max() * 100, 1e9).rounded()) }
        return contrasts.dropFirst().reduce(contrasts[0]) { side($1) < side($0) ? $1 : $0 }
    }
}

extension DICOMError {
    /// For a patient that fails: led by the folder, as a series is named by its number alone.
    func asPatient(_ patient: Patient) -> CollaGANError {
        CollaGANError(
            .unusablePatient, path: patient.folder,
            message.contains(patient.folder) ? message : "\(patient.folder): \(message)")
    }
}
