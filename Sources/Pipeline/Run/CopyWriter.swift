import DICOM
import Files
import Records
import Volumes

/// Writes a patient's imputed images as what else they were asked for.
struct CopyWriter {
    /// One more form of an image, and its files.
    struct Written {
        let record: Sidecar.Copy
        let files: [String]
    }

    private let copies: PatientCopies
    private let names: ResultNames
    private let stage: OutputFolder.Stage
    private let model: ModelRecord

    init(_ copies: PatientCopies, _ names: ResultNames, _ stage: OutputFolder.Stage, _ model: ModelRecord) {
        (self.copies, self.names, self.stage, self.model) = (copies, names, stage, model)
    }

    /// - Parameters:
    ///   - image: as it came back from its file.
    ///   - place: of the contrast in the model's order.
    ///   - inputs: what it was imputed from.
    ///   - mark: of the image.
    func write(
        _ image: Volume, _ contrast: String, place: Int, inputs: [String], marked mark: SyntheticMark
    ) throws(CollaGANError) -> [Written] {
        var written: [Written] = []
        if let space = copies.space {
            let file = names.image(contrast, kind: "imputed", space: space.contrast) + ".nii.gz"
            try stage.write(space.placed(image), like: nil, marked: mark, to: file)
            let what =
                "on the grid of \(space.contrast) as it was scanned: moved by the inverse of its registration and"
                + " interpolated linearly once more"
            written.append(Written(record: .init(file: file, what: what), files: [file]))
        }
        if let series = copies.series {
            let folder = names.dicom(contrast)
            let label = DerivedSeries.Label(
                contrast: contrast, place: place, inputs: inputs,
                model: "\(model.name) (SHA-256 \(model.sha256))")
            let what =
                "a derived secondary DICOM series of the study, on the slices of \(series.name), marked as synthetic"
            written.append(
                Written(
                    record: .init(file: folder, what: what), files: try write(image, series, label, into: folder)))
        }
        return written
    }

    private func write(
        _ image: Volume, _ series: DICOMSeries, _ label: DerivedSeries.Label, into folder: String
    ) throws(CollaGANError) -> [String] {
        let derived: DerivedSeries
        do throws(DICOMError) {
            derived = try DerivedSeries(image, like: series, label)
        } catch {
            throw CollaGANError(.unusablePatient, path: names.patient, error.message)
        }
        var files: [String] = []
        for index in 0..<derived.count {
            let file = "\(folder)/\(ResultNames.slice(index))"
            try stage.write(derived.file(index), to: file)
            files.append(file)
        }
        return files
    }
}
