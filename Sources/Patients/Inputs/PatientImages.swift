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
    /// How many voxels the lesion mask marks; 0 without one.
    package let lesionVoxels: Int
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
    package init(_ inputs: PatientInputs) throws(CollaGANError) {
        let images = try inputs.contrasts.map { file throws(CollaGANError) -> NIfTIImage? in
            guard let file else { return nil }
            let image = try Self.read(file)
            if let problem = image.problem(file.path) {
                throw CollaGANError(.unusablePatient, path: file.path, problem)
            }
            return image
        }
        let mask = try inputs.brainMask.map(Self.read)
        let lesion = try inputs.lesion.map(Self.read)
        let doubts = zip(inputs.contrasts + [inputs.brainMask, inputs.lesion], images + [mask, lesion]).flatMap {
            file, image in
            (image?.findings ?? []).filter { $0.severity == .warning }
                .map { "\(FilePath.name(file?.path ?? "")): \($0.text)" }
        }
        headers = PatientHeaders(
            patient: inputs.patient, contrasts: images.map { $0?.header }, brainMask: mask?.header,
            lesion: lesion?.header, doubts: doubts,
            profiles: images.map { $0.map { IntensityProfile($0.volume.voxels) } },
            lesionVoxels: lesion?.volume.voxels.count { $0 > 0 } ?? 0)
        contrasts = images.map { $0?.volume }
        brainMask = mask?.volume
        self.lesion = lesion?.volume
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

    private static func read(_ file: PatientInputs.File) throws(CollaGANError) -> NIfTIImage {
        do {
            return try NIfTIFile.read(file.path)
        } catch {
            throw CollaGANError(.unusablePatient, path: file.path, error.message)
        }
    }
}

extension NIfTIImage {
    /// Why a contrast of these voxels cannot be used, on one line; nil where it can.
    package func problem(_ path: String) -> String? {
        if let problem = notFinite(path) { return problem }
        guard !volume.voxels.contains(where: { $0 > 0 }) else { return nil }
        return "\(path): holds no voxel above 0; leave the file out or export it again"
    }

    /// What is wrong with voxels that are no numbers, on one line; nil where all are.
    package func notFinite(_ path: String) -> String? {
        guard nonFiniteCount > 0 else { return nil }
        return "\(path): \(nonFiniteCount) voxels are NaN or infinite; repair the volume, e.g. set them to 0"
    }
}
