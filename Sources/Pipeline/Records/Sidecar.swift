import Patients
import Preprocessing
import Records
import Tensors

/// The `.json` beside an image: all that is needed to know what it is and to make it again.
struct Sidecar: Encodable {
    var software = SoftwareRecord()
    var computed = ComputingRecord.current
    var command: String
    var patient: String
    var contrast: String
    /// nil for what was only preprocessed.
    var model: ModelRecord?
    var inputs: [InputRecord]
    /// Voxel value ÷ this = normalised intensity.
    var intensityScale: Float
    /// Where the scale comes from.
    var intensityScaleSource: String
    var normalisation: NormalisationRecord
    var brainMask: String
    var crop: CropWindow
    /// mm per pixel of the network's slices, left–right and posterior–anterior.
    var networkSpacing: [Double]
    var slices: Int
    var selfCheck: [String: SelfCheckRecord]?
    var warnings: [ResultWarning]
    var notes: [String]
    /// BIDS: the files that this one derives from.
    var sources: [String]?
    /// BIDS: what every image of ours is, 0 outside the brain.
    var skullStripped = true

    private enum CodingKeys: String, CodingKey {
        case software, computed, command, patient, contrast, model, inputs, intensityScale, intensityScaleSource,
            normalisation
        case brainMask, crop, networkSpacing, slices, selfCheck, warnings, notes
        case sources = "Sources"
        case skullStripped = "SkullStripped"
    }

    /// method.md §5 in numbers.
    struct NormalisationRecord: Encodable {
        var description =
            "max(value, 0) / percentile, clipped at the ceiling, over brain voxels (the mask if there is one, else voxels"
            + " above 0 of the contrast); 0 outside the brain"
        var percent = Normalisation.percent
        var ceiling = Normalisation.ceiling
        /// By contrast.
        var percentiles: [String: Float]

        init(_ prepared: PreparedPatient) {
            percentiles = [:]
            for (name, scale) in zip(prepared.stack.contrasts, prepared.percentiles) { percentiles[name] = scale }
        }
    }
}
