import Foundation
import Preprocessing
import Volumes

/// A patient's images as read, with what the records say about them.
struct PatientImages: Sendable {
    /// One per contrast of the model.
    let contrasts: [NIfTIImage?]
    let brainMask: NIfTIImage?
    let lesion: NIfTIImage?
    let patient: Patient
    /// Remarks of the header checks worth a note.
    let notes: [String]

    /// Reads the files.
    /// - Throws: `PipelineError.Code.unusablePatient` for a file that cannot be read or holds nothing.
    init(_ patient: Patient, usesMask: Bool, usesLesion: Bool) throws(PipelineError) {
        var notes: [String] = []
        func read(_ path: String?) throws(PipelineError) -> NIfTIImage? {
            guard let path else { return nil }
            do {
                let image = try NIfTIFile.read(path)
                notes += image.findings.filter { $0.severity == .warning }.map { "\(FilePath.name(path)): \($0.text)" }
                return image
            } catch {
                throw PipelineError(.unusablePatient, path: path, error.message)
            }
        }
        var contrasts: [NIfTIImage?] = []
        for path in patient.contrasts {
            let image = try read(path)
            if let image, let path { try Self.check(image, path) }
            contrasts.append(image)
        }
        self.contrasts = contrasts
        brainMask = usesMask ? try read(patient.brainMask) : nil
        lesion = usesLesion ? try read(patient.lesion) : nil
        self.patient = patient
        self.notes = notes
    }

    /// Inputs for preprocessing.
    /// - Parameter included: indices of the contrasts that the network may know of.
    func inputs(_ included: [Int]) -> [PreprocessingInput?] {
        contrasts.indices.map { index in
            guard included.contains(index), let image = contrasts[index], let path = patient.contrasts[index] else {
                return nil
            }
            return PreprocessingInput(volume: image.volume, path: path)
        }
    }

    /// The brain mask for preprocessing.
    var mask: PreprocessingInput? {
        guard let brainMask, let path = patient.brainMask else { return nil }
        return PreprocessingInput(volume: brainMask.volume, path: path)
    }

    private static func check(_ image: NIfTIImage, _ path: String) throws(PipelineError) {
        guard image.nonFiniteCount == 0 else {
            throw PipelineError(
                .unusablePatient, path: path,
                "\(path): \(image.nonFiniteCount) voxels are NaN or infinite; repair the volume, e.g. set them to 0")
        }
        guard image.volume.voxels.contains(where: { $0 > 0 }) else {
            throw PipelineError(
                .unusablePatient, path: path,
                "\(path): holds no voxel above 0; leave the file out or export it again")
        }
    }
}
