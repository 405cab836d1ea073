import Files
import Preprocessing
import Volumes

/// Where a patient's images lie, read once from their headers, before any voxel or hash: what they alone show to be wrong, and how
/// much memory the patient takes (``MemoryEstimate``).
package struct PatientGrids: Sendable {
    /// One per contrast of the model.
    package let contrasts: [PlacedGrid?]
    package let brainMask: PlacedGrid?
    package let lesion: PlacedGrid?

    /// - Throws: `CollaGANError.Code.unusablePatient` for a file that is no image, in the words of the reader.
    package init(_ inputs: PatientInputs) throws(CollaGANError) {
        contrasts = try inputs.contrasts.map(Self.read)
        brainMask = try Self.read(inputs.brainMask)
        lesion = try Self.read(inputs.lesion)
    }

    /// Refuses what preprocessing would refuse whatever the voxels are.
    /// - Parameter hidden: contrasts that are hidden one after the other and imputed from the rest; none where missing ones are.
    /// - Throws: `CollaGANError.Code.unusablePatient`, in the words of the preprocessing.
    package func check(_ preprocessor: Preprocessor, hiding hidden: [Int]) throws(CollaGANError) {
        guard !hidden.isEmpty else {
            _ = try reference(contrasts, preprocessor)
            return
        }
        for target in hidden {
            guard let truth = contrasts[target] else { continue }
            _ = try reference(contrasts.indices.map { $0 == target ? truth : nil }, preprocessor)
            let others = contrasts.indices.map { $0 == target ? nil : contrasts[$0] }
            guard let reference = try reference(others, preprocessor), !truth.grid.overlaps(reference.grid) else {
                continue
            }
            throw .apart(truth.path, reference.path)
        }
    }

    private func reference(
        _ contrasts: [PlacedGrid?], _ preprocessor: Preprocessor
    ) throws(CollaGANError) -> PlacedGrid? {
        do {
            return try preprocessor.checkGrids(contrasts, brainMask: brainMask)
        } catch {
            throw CollaGANError(.unusablePatient, path: error.path, error.message)
        }
    }

    private static func read(_ file: PatientInputs.File?) throws(CollaGANError) -> PlacedGrid? {
        guard let path = file?.path else { return nil }
        do {
            return PlacedGrid(try NIfTIFile.readHeader(path).grid, path: path)
        } catch {
            throw CollaGANError(.unusablePatient, path: path, error.message)
        }
    }
}

extension CollaGANError {
    /// A hidden contrast and what it would be imputed from lie apart.
    package static func apart(_ path: String, _ other: String) -> CollaGANError {
        CollaGANError(
            .unusablePatient, path: path,
            "\(path) and \(other) do not overlap in space; register them first or correct the headers")
    }
}
