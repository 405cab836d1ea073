import CollaGAN
import Foundation
import Preprocessing
import Volumes

/// About how much memory a patient takes, told from the headers of its files before a voxel is read.
///
/// With V voxels in the largest file, W pixels in all slices that the network sees (of the training crop), n contrasts, m masks and t = 3
/// volumes of the hidden contrast in `evaluate`, else 0: held = V·(4(n + m + t) + 1) + W·(4n + 1) bytes, the volumes and slices; with spare,
/// V·4(2n + m + t + 8) + W·4(2n + 4) bytes: what reading, reorienting, mapping back, writing, scoring and drawing one contrast take besides. The network's own memory is that of `Imputer.memory`.
struct MemoryEstimate: Equatable {
    /// As long as the patient is in work, in bytes; several patients take their sum.
    let held: Int
    /// On top while it is read or written, in bytes; once for all patients in work.
    let spare: Int
    /// The network at the patient's crop, in bytes; once for all patients.
    private(set) var network: Int

    var total: Int { held + spare + network }

    /// The same patient with the slices that the network will see, once they are known: a large brain makes them larger than the training crop.
    func at(_ stack: SliceStack, _ model: ModelFile) -> MemoryEstimate {
        var estimate = self
        estimate.network = max(network, Imputer.memory(model.model, height: stack.height, width: stack.width))
        return estimate
    }

    /// - Parameters:
    ///   - patient: what the headers of its files say; a file that cannot be read counts nothing.
    ///   - usesMask: whether a brain mask is read.
    ///   - hidesContrasts: whether contrasts are hidden and scored, also with a lesion mask.
    init(_ patient: Patient, _ model: ModelFile, usesMask: Bool, hidesContrasts: Bool) {
        let masks = [usesMask ? patient.brainMask : nil, hidesContrasts ? patient.lesion : nil].compactMap { $0 }
        let contrasts = patient.contrasts.compactMap { $0 }
        let grids = (contrasts + masks).compactMap { try? NIfTIFile.readHeader($0).grid }
        self.init(
            voxels: grids.map(\.count).max() ?? 0, slices: grids.map { $0.reorientedToRAS().size.z }.max() ?? 0,
            contrasts: contrasts.count, others: masks.count + (hidesContrasts ? 3 : 0), crop: model.description.crop,
            model)
    }

    /// - Parameters:
    ///   - voxels: of the largest file.
    ///   - slices: axial ones.
    ///   - others: volumes besides: masks, the hidden contrast.
    ///   - crop: of the slices that the network sees.
    init(
        voxels: Int, slices: Int, contrasts: Int, others: Int, crop: ModelDescription.Crop, _ model: ModelFile
    ) {
        let pixels = slices * crop.height * crop.width
        held = voxels * (4 * (contrasts + others) + 1) + pixels * (4 * contrasts + 1)
        spare = 4 * voxels * (2 * contrasts + others + 8) + 4 * pixels * (2 * contrasts + 4) - held
        network = Imputer.memory(model.model, height: crop.height, width: crop.width)
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
    /// - Throws: `PipelineError.Code.unusablePatient`: how much it needs, how much there is, what to do.
    func require(_ estimate: MemoryEstimate, for patient: Patient) throws(PipelineError) {
        guard let limit, base + estimate.total > limit else { return }
        let needed = base + estimate.total
        let remedy =
            isGiven
            ? "give --memory \(Self.argument(needed)) or more, or resample its volumes"
            : "free memory, use a larger machine, or resample its volumes"
        throw PipelineError(
            .unusablePatient, path: patient.folder,
            "\(patient.folder): needs about \(CacheEstimate.text(needed)) of memory, more than the"
                + " \(CacheEstimate.text(limit)) \(isGiven ? "allowed" : "that are there"); \(remedy)")
    }

    /// A size for the command line, not below `bytes`.
    private static func argument(_ bytes: Int) -> String {
        bytes < 1_000_000_000 ? "\(bytes / 10_000_000 * 10 + 10)M" : "\(Double(bytes / 100_000_000 + 1) / 10)G"
    }

    /// "at most 2.0 GB of memory", or nothing where no limit is known.
    var text: String { limit.map { "at most \(CacheEstimate.text($0)) of memory" } ?? "no limit of memory" }
}
