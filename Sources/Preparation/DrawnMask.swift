import Files
import Preprocessing
import Registration
import Volumes

/// A mask that came with the patient: it lies where the contrast lay on whose grid it was drawn.
struct DrawnMask {
    /// Of the contrasts before anything was moved, with the motion from the reference there; the reference's is the identity.
    let origins: [(grid: Grid, motion: RigidMotion)]
    /// Index of the reference.
    let reference: Int

    /// From the reference to where the mask was drawn; the identity for a mask on no contrast's grid, which is taken for one in the
    /// reference's space.
    func motion(of mask: Grid) -> RigidMotion {
        let grid = mask.reorientedToRAS()
        let namesakes = origins.indices.filter { origins[$0].grid.reorientedToRAS().isClose(to: grid) }
        return namesakes.contains(reference) ? .identity : namesakes.first.map { origins[$0].motion } ?? .identity
    }

    /// A segmentation on the reference's grid, its labels as they were.
    /// - Throws: `CollaGANError.Code.unusablePatient` for a file that is no image.
    func labels(_ file: String) throws(CollaGANError) -> Volume {
        let drawn: Volume
        do {
            drawn = try NIfTIFile.read(file).volume
        } catch {
            throw CollaGANError(.unusablePatient, path: file, error.message)
        }
        return drawn.labels(registeredBy: motion(of: drawn.grid), onto: origins[reference].grid)
    }
}
