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
    /// What of the voxels makes a result doubtful.
    package let findings: [InputFinding]
    /// How many voxels the lesion mask marks; 0 without one.
    package let lesionVoxels: Int
}

/// A patient's images as read.
package struct PatientImages: Sendable {
    package let headers: PatientHeaders
    /// One per contrast of the model.
    private let contrasts: [PreprocessingInput?]
    /// The brain mask for preprocessing; nil if there is none, or if it contradicts the contrasts.
    package let mask: PreprocessingInput?
    package let lesion: Volume?

    package var patient: Patient { headers.patient }

    /// Reads the files and judges by their voxels whether they are what they are taken for.
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
        func input(_ file: PatientInputs.File?, _ image: NIfTIImage?, isMask: Bool = false) -> PreprocessingInput? {
            guard let file, let image else { return nil }
            return PreprocessingInput(volume: image.volume, path: file.path, isMask: isMask)
        }
        contrasts = zip(inputs.contrasts, images).map { input($0, $1) }
        let given = input(inputs.brainMask, mask, isMask: true)
        let check = InputCheck(contrasts, brainMask: given, contrasts: inputs.contrasts.map { $0?.role ?? "" })
        self.mask = check.believesMask ? given : nil
        headers = PatientHeaders(
            patient: inputs.patient, contrasts: images.map { $0?.header }, brainMask: mask?.header,
            lesion: lesion?.header, doubts: doubts,
            profiles: images.map { $0.map { IntensityProfile($0.volume.voxels) } }, findings: check.findings,
            lesionVoxels: lesion?.volume.voxels.count { $0 > 0 } ?? 0)
        self.lesion = lesion?.volume
    }

    /// Inputs for preprocessing.
    /// - Parameter included: indices of the contrasts that the network may know of.
    package func inputs(_ included: [Int]) -> [PreprocessingInput?] {
        contrasts.indices.map { included.contains($0) ? contrasts[$0] : nil }
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
        guard !volume.voxels.contains(where: { $0 > 0 }) else { return nil }
        return "\(path): holds no voxel above 0; leave the file out or export it again"
    }

    /// What is wrong with voxels that are no numbers, on one line; nil where all are.
    package func notFinite(_ path: String) -> String? {
        guard nonFiniteCount > 0 else { return nil }
        return "\(path): \(nonFiniteCount) voxels are NaN or infinite; repair the volume, e.g. set them to 0"
    }
}
