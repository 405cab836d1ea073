import CollaGAN
import Files
import Patients
import Preprocessing
import Volumes

/// One contrast of one patient to synthesise, ready for the network.
package struct TargetTask: Sendable {
    /// Index of the contrast.
    package let target: Int
    /// Whether these are some of the inputs of a contrast that is also synthesised from all, to tell what each adds.
    let isSubset: Bool
    /// The patient as the network may see it: what is left out shapes neither the mask, the crop nor the grid.
    package let prepared: PreparedPatient
    /// The target itself, in `evaluate`.
    package let truth: Truth?
    /// Held as long as the task is.
    let slot: Slots.Slot?

    /// Indices of the contrasts that the network may see, ascending.
    package var inputs: [Int] {
        let images = prepared.stack.images
        return images.indices.filter { images[$0] != nil && $0 != target }
    }

    /// A hidden contrast, normalised from itself alone.
    package struct Truth: Sendable {
        /// As the metrics take it (method.md §6), on the contrast's own grid.
        let normalised: Volume
        /// By what the model's normalisation divides it.
        let scale: Float
        /// By what the metrics do: its own 99.5th percentile.
        let percentile: Float
        /// The mask, or where the truth shows something; without what it does not cover; on the same grid.
        let brain: Volume
        /// On the same grid.
        let lesion: Volume?
        /// Intensities as they were read, on the same grid; nil without a lesion mask, where nothing asks for them.
        let acquired: Volume?
        /// The file that it was read from.
        let path: String

        /// - Throws: `CollaGANError.Code.unusablePatient` where there is nothing to hide.
        init(
            _ target: Int, of images: PatientImages, _ preprocessor: Preprocessor
        ) throws(CollaGANError) {
            let alone = try preprocessor.prepare(images, including: [target])
            guard let normalised = alone.inMetricUnits(target), let scale = alone.scales[target],
                let percentile = alone.percentiles[target], let path = images.patient.contrasts[target]
            else {
                let folder = images.patient.folder
                throw CollaGANError(.unusablePatient, path: folder, "\(folder): nothing to hide")
            }
            self.normalised = normalised
            self.scale = scale
            self.percentile = percentile
            self.path = path
            brain = alone.brain(coveredBy: target)
            lesion = images.lesion.map { TargetTask.lesion($0, on: normalised.grid) }
            acquired = lesion == nil ? nil : images.inputs([target])[target]?.volume
        }

        /// Prepares the patient from some other contrasts.
        /// - Throws: `CollaGANError.Code.unusablePatient`, also where they lie elsewhere in space.
        func prepare(
            _ inputs: [Int], of images: PatientImages, _ preprocessor: Preprocessor
        ) throws(CollaGANError) -> PreparedPatient {
            let prepared = try preprocessor.prepare(images, including: inputs)
            guard normalised.grid.overlaps(prepared.referenceGrid) else {
                let other = inputs.first.flatMap { images.patient.contrasts[$0] } ?? images.patient.folder
                throw .apart(path, other)
            }
            return prepared
        }
    }

    /// Prepares a missing contrast.
    package static func missing(_ target: Int, _ prepared: PreparedPatient, _ slot: Slots.Slot? = nil) -> TargetTask {
        TargetTask(target: target, isSubset: false, prepared: prepared, truth: nil, slot: slot)
    }

    /// Hides a contrast that the patient has: nothing of it shapes the mask, the crop or the grid that the network sees.
    /// - Parameter inputs: what it is imputed from; all others if nil.
    package static func hidden(
        _ target: Int, from inputs: [Int]? = nil, of images: PatientImages, _ preprocessor: Preprocessor,
        _ slot: Slots.Slot? = nil
    ) throws(CollaGANError) -> TargetTask {
        let truth = try Truth(target, of: images, preprocessor)
        let inputs = inputs ?? images.patient.available.filter { $0 != target }
        let prepared = try truth.prepare(inputs, of: images, preprocessor)
        return TargetTask(
            target: target, isSubset: false, prepared: prepared, truth: truth, slot: slot)
    }

    /// The hidden contrast of a task again, from some of the others, as if the patient had no more.
    /// - Throws: `CollaGANError.Code.unusablePatient` where these do not do.
    static func subset(
        _ target: Int, from inputs: [Int], of images: PatientImages, truth: Truth, preprocessor: Preprocessor,
        slot: Slots.Slot
    ) throws(CollaGANError) -> TargetTask {
        let prepared = try truth.prepare(inputs, of: images, preprocessor)
        return TargetTask(target: target, isSubset: true, prepared: prepared, truth: truth, slot: slot)
    }

    /// A segmentation on another grid, 1 where at least half a voxel is lesion.
    private static func lesion(_ segmentation: Volume, on grid: Grid) -> Volume {
        let binary = Volume(grid: segmentation.grid, voxels: segmentation.voxels.map { $0 > 0 ? 1 : 0 })
        let placed = binary.placed(on: grid)
        return Volume(grid: grid, voxels: placed.voxels.map { $0 >= 0.5 ? 1 : 0 })
    }
}

extension Volume {
    /// The volume on another grid: as it is where the grids agree, else linearly resampled.
    func placed(on target: Grid) -> Volume {
        grid.isClose(to: target) ? Volume(grid: target, voxels: voxels) : resampled(onto: target)
    }
}

extension Preprocessor {
    /// Prepares a patient from some of its contrasts.
    package func prepare(_ images: PatientImages, including contrasts: [Int]) throws(CollaGANError) -> PreparedPatient {
        do {
            return try prepare(images.inputs(contrasts), brainMask: images.mask)
        } catch {
            throw CollaGANError(.unusablePatient, path: error.path, error.message)
        }
    }

    /// What a model expects.
    package init(_ description: ModelDescription) {
        self.init(
            PreprocessingSettings(
                contrasts: description.contrasts, cropHeight: description.crop.height,
                cropWidth: description.crop.width, spacing: description.spacing,
                normalisation: description.normalisation))
    }
}
