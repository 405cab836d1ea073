import Files
import Patients
import Preprocessing

/// A hidden contrast to synthesise from some of the others, as if the patient had no more.
struct SubsetTask: Sendable {
    /// Index of the contrast.
    let target: Int
    /// Indices of the contrasts that the network may see, ascending.
    let inputs: [Int]
    /// The patient from the inputs alone: what is left out shapes neither the mask, the crop nor the grid. Or why they do not do.
    let prepared: Result<PreparedPatient, CollaGANError>
    let truth: TargetTask.Truth
    /// Held as long as the task is.
    let slot: Slots.Slot

    init(
        _ target: Int, from inputs: [Int], of images: PatientImages, truth: TargetTask.Truth,
        preprocessor: Preprocessor, slot: Slots.Slot
    ) {
        (self.target, self.inputs, self.truth, self.slot) = (target, inputs, truth, slot)
        do throws(CollaGANError) {
            prepared = .success(try truth.prepare(inputs, of: images, preprocessor))
        } catch {
            prepared = .failure(error)
        }
    }
}
