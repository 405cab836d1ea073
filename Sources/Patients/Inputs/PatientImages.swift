import Files
import Foundation
import Preprocessing
import Volumes

/// What a patient's files say of themselves, without voxels.
package struct PatientHeaders: Sendable {
    package let patient: Patient
    /// One per contrast of the model.
    package let contrasts: [NIfTIHeader?]
    package let brainMask: NIfTIHeader?
    package let lesion: NIfTIHeader?
    /// Warnings of the header checks.
    package let doubts: [String]
    /// Of the voxels, one per contrast of the model.
    package let profiles: [IntensityProfile?]
}

/// A patient's images as read.
package struct PatientImages: Sendable {
    package let headers: PatientHeaders
    /// One per contrast of the model.
    private let contrasts: [Volume?]
    private let brainMask: Volume?
    package let lesion: Volume?

    package var patient: Patient { headers.patient }

    /// Reads the files.
    /// - Throws: `CollaGANError.Code.unusablePatient` for a file that cannot be read or holds nothing.
    package init(_ patient: Patient, usesMask: Bool, usesLesion: Bool) throws(CollaGANError) {
        let images = try patient.contrasts.map { path throws(CollaGANError) -> NIfTIImage? in
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
    package func inputs(_ included: [Int]) -> [PreprocessingInput?] {
        contrasts.indices.map { index in
            guard included.contains(index), let volume = contrasts[index], let path = patient.contrasts[index] else {
                return nil
            }
            return PreprocessingInput(volume: volume, path: path)
        }
    }

    /// The brain mask for preprocessing.
    package var mask: PreprocessingInput? {
        guard let brainMask, let path = patient.brainMask else { return nil }
        return PreprocessingInput(volume: brainMask, path: path)
    }

    private static func read(_ path: String) throws(CollaGANError) -> NIfTIImage {
        do {
            return try NIfTIFile.read(path)
        } catch {
            throw CollaGANError(.unusablePatient, path: path, error.message)
        }
    }

    private static func check(_ image: NIfTIImage, _ path: String) throws(CollaGANError) {
        guard image.nonFiniteCount == 0 else {
            throw CollaGANError(
                .unusablePatient, path: path,
                "\(path): \(image.nonFiniteCount) voxels are NaN or infinite; repair the volume, e.g. set them to 0")
        }
        guard image.volume.voxels.contains(where: { $0 > 0 }) else {
            throw CollaGANError(
                .unusablePatient, path: path,
                "\(path): holds no voxel above 0; leave the file out or export it again")
        }
    }
}
