import CollaGAN
import Files
import Foundation
import Patients
import Preprocessing
import Volumes

/// About how much memory a patient takes, told from the headers of its files before a voxel is read.
///
/// With V voxels in the largest file, W pixels in all slices that the network sees, n contrasts, m masks and t = 3
/// volumes of the hidden contrast in `evaluate` (4 with a lesion mask), else 0: held = V·(4(n + m + t) + 1) + W·(4n + 1) bytes, the volumes and slices; with spare,
/// V·4(2n + m + t + 8) + W·4(2n + 4) bytes: what reading, reorienting, mapping back, writing, scoring and drawing one contrast take besides.
/// The network's own memory is that of `Imputer.memory`. The slices are those of the training crop, or larger where coarse pixels are
/// resampled to more of them.
struct MemoryEstimate: Equatable {
    /// As long as the patient is in work, in bytes; several patients take their sum.
    let held: Int
    /// On top while it is read or written, in bytes; for two of the patients in work.
    let spare: Int
    /// The network at the patient's crop, in bytes; once for all patients.
    let network: Int
    private let images: Images

    private struct Images: Equatable {
        /// Of the largest file.
        var voxels = 0
        /// Axial ones.
        var slices = 0
        let contrasts: Int
        /// Volumes besides: masks, the hidden contrast.
        let others: Int
        /// Of the slices that the network sees.
        var height: Int
        var width: Int
    }

    var total: Int { held + spare + network }

    /// The same patient with the slices that the network will see, once they are known: a large brain makes them larger than the training crop.
    func at(_ stack: SliceStack, _ model: ModelFile) -> MemoryEstimate {
        var images = images
        (images.height, images.width) = (max(images.height, stack.height), max(images.width, stack.width))
        return MemoryEstimate(images, model)
    }

    /// - Parameters:
    ///   - grids: of the files that are read.
    ///   - hidesContrasts: whether contrasts are hidden and scored.
    init(_ grids: PatientGrids, _ model: ModelFile, hidesContrasts: Bool) {
        let masks = [grids.brainMask, grids.lesion].compactMap { $0 }
        let contrasts = grids.contrasts.compactMap { $0 }
        let crop = model.description.crop
        let hidden = hidesContrasts ? grids.lesion == nil ? 3 : 4 : 0
        var images = Images(
            contrasts: contrasts.count, others: masks.count + hidden, height: crop.height,
            width: crop.width)
        let preprocessor = Preprocessor(model.description)
        for grid in (contrasts + masks).map({ $0.grid.reorientedToRAS() }) {
            images.voxels = max(images.voxels, grid.count)
            images.slices = max(images.slices, grid.size.z)
            guard let (height, width) = preprocessor.resampledSize(of: grid) else { continue }
            // Slices that are not made larger stay below the voxels, which count anyway.
            if height > grid.size.y { images.height = max(images.height, height) }
            if width > grid.size.x { images.width = max(images.width, width) }
        }
        self.init(images, model)
    }

    private init(_ images: Images, _ model: ModelFile) {
        self.images = images
        let (voxels, contrasts, others) = (images.voxels, images.contrasts, images.others)
        let pixels = images.slices * images.height * images.width
        held = voxels * (4 * (contrasts + others) + 1) + pixels * (4 * contrasts + 1)
        spare = 4 * voxels * (2 * contrasts + others + 8) + 4 * pixels * (2 * contrasts + 4) - held
        network = Imputer.memory(model.model, height: images.height, width: images.width)
    }
}

/// The memory that a run may take, and whether a patient fits.
struct MemoryBudget: Sendable {
    /// For the whole process, in bytes; nil where the machine's is not known.
    let limit: Int?
    /// Whether a person set it.
    let isGiven: Bool
    /// What the process holds before the first patient, the model among it.
    private let base: Int

    /// - Parameter given: what the whole process may take, in bytes; nil for what the machine has.
    init(_ given: Int?) {
        base = MemoryLimit.resident()
        let base = base
        (limit, isGiven) = (given ?? MemoryLimit.available().map { $0 + base }, given != nil)
    }

    /// What all patients in work may take together beside a network, in bytes; nil for no limit.
    func room(beside network: Int) -> Int? {
        limit.map { max($0 - base - network, 0) }
    }

    /// Refuses a patient that does not fit even alone.
    /// - Parameter bytes: what it takes.
    /// - Throws: `CollaGANError.Code.unusablePatient`: how much it needs, how much there is, what to do.
    func require(_ bytes: Int, for patient: Patient) throws(CollaGANError) {
        guard let limit, base + bytes > limit else { return }
        let needed = base + bytes
        let remedy =
            isGiven
            ? "give --memory \(Self.argument(needed)) or more, or resample its volumes"
            : "free memory, use a larger machine, or resample its volumes"
        throw CollaGANError(
            .unusablePatient, path: patient.folder,
            "\(patient.folder): needs about \(Wording.size(bytes: needed)) of memory, more than the"
                + " \(Wording.size(bytes: limit)) \(isGiven ? "allowed" : "that are there"); \(remedy)")
    }

    /// A size for the command line, so far above `least` that a process that holds a little more at its start still has room.
    private static func argument(_ least: Int) -> String {
        let bytes = least + max(least / 20, 16_000_000)
        return bytes < 1_000_000_000 ? "\(bytes / 10_000_000 * 10 + 10)M" : "\(Double(bytes / 100_000_000 + 1) / 10)G"
    }

    /// "at most 2.0 GB of memory", or nothing where no limit is known.
    var text: String { limit.map { "at most \(Wording.size(bytes: $0)) of memory" } ?? "no limit of memory" }
}
