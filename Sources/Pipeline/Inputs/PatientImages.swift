import Foundation
import Preprocessing
import Volumes

/// What a patient's files say of themselves, without voxels.
struct PatientHeaders: Sendable {
    let patient: Patient
    /// One per contrast of the model.
    let contrasts: [NIfTIHeader?]
    let brainMask: NIfTIHeader?
    let lesion: NIfTIHeader?
    /// Warnings of the header checks.
    let doubts: [String]
    /// Of the voxels, one per contrast of the model.
    let profiles: [IntensityProfile?]
}

/// A patient's images as read.
struct PatientImages: Sendable {
    let headers: PatientHeaders
    /// One per contrast of the model.
    private let contrasts: [Volume?]
    private let brainMask: Volume?
    let lesion: Volume?

    var patient: Patient { headers.patient }

    /// Reads the files.
    /// - Throws: `PipelineError.Code.unusablePatient` for a file that cannot be read or holds nothing.
    init(_ patient: Patient, usesMask: Bool, usesLesion: Bool) throws(PipelineError) {
        let images = try patient.contrasts.map { path throws(PipelineError) -> NIfTIImage? in
            guard let path else { return nil }
            let image = try Self.read(path)
            try Self.check(image, path)
            return image
        }
        let mask = usesMask ? try patient.brainMask.map(Self.read) : nil
        let lesion = usesLesion ? try patient.lesion.map(Self.read) : nil
        let paths = patient.contrasts + [patient.brainMask, patient.lesion]
        let doubts = zip(paths, images + [mask, lesion]).flatMap { path, image in
            (image?.findings ?? []).filter { $0.severity == .warning }
                .map { "\(FilePath.name(path ?? "")): \($0.text)" }
        }
        headers = PatientHeaders(
            patient: patient, contrasts: images.map { $0?.header }, brainMask: mask?.header, lesion: lesion?.header,
            doubts: doubts, profiles: images.map { $0.map { IntensityProfile($0.volume.voxels) } })
        contrasts = images.map { $0?.volume }
        (brainMask, self.lesion) = (mask?.volume, lesion?.volume)
    }

    /// Inputs for preprocessing.
    /// - Parameter included: indices of the contrasts that the network may know of.
    func inputs(_ included: [Int]) -> [PreprocessingInput?] {
        contrasts.indices.map { index in
            guard included.contains(index), let volume = contrasts[index], let path = patient.contrasts[index] else {
                return nil
            }
            return PreprocessingInput(volume: volume, path: path)
        }
    }

    /// The brain mask for preprocessing.
    var mask: PreprocessingInput? {
        guard let brainMask, let path = patient.brainMask else { return nil }
        return PreprocessingInput(volume: brainMask, path: path)
    }

    private static func read(_ path: String) throws(PipelineError) -> NIfTIImage {
        do {
            return try NIfTIFile.read(path)
        } catch {
            throw PipelineError(.unusablePatient, path: path, error.message)
        }
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
