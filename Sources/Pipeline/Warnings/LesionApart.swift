import Files
import Patients
import Records

/// Finds a lesion mask that marks nothing of the brain (`evaluate`): it lies elsewhere in space, or is another patient's.
///
/// A mask of zeros is a patient without lesions.
enum LesionApart {
    static func warnings(
        _ truth: TargetTask.Truth, _ headers: PatientHeaders, _ contrast: String
    ) -> [ResultWarning] {
        guard let lesion = truth.lesion, headers.lesionVoxels > 0,
            !zip(lesion.voxels, truth.brain.voxels).contains(where: { $0 > 0 && $1 > 0 })
        else { return [] }
        let file = headers.patient.lesion.map(FilePath.name) ?? ""
        let place = lesion.voxels.contains { $0 > 0 } ? "in the brain of \(contrast)" : "on the grid of \(contrast)"
        return [
            ResultWarning(
                .lesionApart,
                "\(file): none of its \(headers.lesionVoxels) voxels of lesion lies \(place), so the lesion's scores say"
                    + " nothing; give this patient's mask, in the space of the images, or leave it out")
        ]
    }
}
