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
    /// Voxel value ÷ this = intensity as it was scored; nil where there is no truth.
    var metricScale: Float?
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
    /// BIDS: what the image is, in words.
    var text: String?
    /// As what else the image was written; nil where it was not.
    var copies: [Copy]?
    /// BIDS: what every image of ours is, 0 outside the brain.
    var skullStripped = true

    private enum CodingKeys: String, CodingKey {
        case software, computed, command, patient, contrast, model, inputs, intensityScale, intensityScaleSource
        case metricScale, normalisation
        case brainMask, crop, networkSpacing, slices, selfCheck, warnings, notes, copies
        case sources = "Sources"
        case text = "Description"
        case skullStripped = "SkullStripped"
    }

    /// The image again, elsewhere or in another form.
    struct Copy: Encodable {
        /// A file, or a folder of DICOM files, relative to the folder of results.
        var file: String
        var what: String
    }

    /// method.md §5 in numbers.
    struct NormalisationRecord: Encodable {
        var kind: Normalisation.Kind
        var description: String
        /// What the statistic of the kind becomes.
        var level: Float
        var ceiling: Float
        /// By contrast, by what it was divided: statistic ÷ level.
        var scales: [String: Float] = [:]
        /// By contrast, its 99.5th percentile, the metrics' unit.
        var percentiles: [String: Float] = [:]

        init(_ prepared: PreparedPatient, _ normalisation: Normalisation) {
            (kind, level, ceiling) = (normalisation.kind, normalisation.level, normalisation.ceiling)
            description =
                "max(value, 0) / scale, clipped at the ceiling, over brain voxels (the mask if there is one, else voxels above"
                + " 0 of the contrast); 0 outside the brain; scale = \(normalisation.statistic) / level"
            for (name, known) in prepared.intensityScales {
                (scales[name], percentiles[name]) = (known.scale, known.percentile)
            }
        }
    }
}

extension PreparedPatient {
    /// Of a contrast; nil where it is missing.
    func intensityScales(_ contrast: Int) -> IntensityScales? {
        guard let scale = scales[contrast], let percentile = percentiles[contrast] else { return nil }
        return IntensityScales(scale: scale, percentile: percentile)
    }

    /// By contrast.
    var intensityScales: [String: IntensityScales] {
        stack.contrasts.indices.reduce(into: [:]) { $0[stack.contrasts[$1]] = intensityScales($1) }
    }
}
