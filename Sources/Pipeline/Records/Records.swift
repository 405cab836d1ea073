import CollaGAN
import Metrics
import Tensors

/// Program that made a file.
public struct SoftwareRecord: Codable, Sendable, Equatable {
    public var name = Software.name
    public var version = Software.version
}

/// Model that made a file.
public struct ModelRecord: Codable, Sendable, Equatable {
    public var name: String
    /// SHA-256 of the weight file.
    public var sha256: String

    init(_ file: ModelFile) {
        (name, sha256) = (file.description.name, file.sha256)
    }
}

/// One file that was read for a patient.
public struct InputRecord: Codable, Sendable, Equatable {
    /// A contrast's name, `brainmask` or `lesion`.
    public var role: String
    /// File name.
    public var file: String
    public var sha256: String
    /// Voxels along the storage axes.
    public var size: [Int]
    /// mm along the storage axes.
    public var spacing: [Double]
    /// Orientation code of the storage axes, e.g. "LPI".
    public var orientation: String
    /// 99.5th percentile in the brain, by which the contrast was divided; nil for masks.
    public var percentile: Float?
}

/// How well an available contrast can be made again once the imputed one stands in (METHOD §7).
public struct SelfCheckRecord: Codable, Sendable, Equatable {
    /// `nmse psnr mae ssim` over the network's slices.
    public var scores: ScoreTable
    /// NMSE of the contrast whose plain copy comes nearest; where `usualNMSE` is nil, a self-check that is worse is a
    /// warning.
    public var copyNMSE: Double?
    public var copyOf: String?
    /// Median NMSE of the same check on the model's training patients, with which this one is compared; nil where the
    /// model does not know it.
    public var usualNMSE: Double?
    /// Largest region in which the two differ much more than elsewhere, in mm³.
    public var regionVolume: Double
    /// Its centre in mm of the patient's world.
    public var regionCentre: [Double]
}

/// What a user of the network is to compare it with (METHOD §6).
public struct BaselineRecord: Codable, Sendable, Equatable {
    public var zeroFill: ScoreTable
    /// Scores of every available contrast taken for the missing one.
    public var copies: [String: ScoreTable]
    /// Name of the best of them.
    public var bestCopy: String?
    /// nil if the model holds no regression for exactly these inputs.
    public var regression: ScoreTable?
    /// Why there is no regression.
    public var regressionNote: String?
}

/// One synthesised contrast of a patient.
public struct ContrastRecord: Codable, Sendable, Equatable {
    /// Path of the image relative to the folder of results.
    public var file: String
    /// Names of the contrasts it was made from.
    public var inputs: [String]
    /// Voxel value ÷ this = normalised intensity.
    public var intensityScale: Float
    /// Against the truth; nil where there is none.
    public var scores: Scores?
    public var baselines: BaselineRecord?
    /// By available contrast.
    public var selfCheck: [String: SelfCheckRecord]
    /// What every subset of the inputs gives, the small ones first, all of them last; nil where subsets were left out.
    public var subsets: [SubsetRecord]?
    /// What each input adds; nil where subsets were left out, empty where there is only one input.
    public var importance: [String: ImportanceRecord]?
    public var warnings: [ResultWarning]
}

/// `metrics.json`: what was made for a patient, from what, and how good it is. A later run reads it to know the patient
/// is complete.
public struct PatientRecord: SealedRecord, Sendable, Equatable {
    /// Version of this file's form.
    public var format = 1
    /// "impute" or "evaluate".
    public var command: String
    public var patient: String
    /// SHA-256 over the inputs' hashes, the model's hash, the settings and the program's version.
    public var fingerprint: String
    public var software = SoftwareRecord()
    /// nil in what an earlier version wrote.
    public var computed: ComputingRecord? = .current
    public var model: ModelRecord
    public var inputs: [InputRecord]
    /// By contrast.
    public var contrasts: [String: ContrastRecord]
    public var warnings: [ResultWarning]
    public var notes: [String]
    /// Every file of the patient, relative to the folder of results.
    public var files: [String]
    /// SHA-256 of every one of them but this file.
    public var sha256: [String: String] = [:]
    /// SHA-256 of this file with 64 zeros in the place of this value.
    public var checksum = RecordSeal.blank

    /// Whether the subsets of the inputs were evaluated.
    var hasSubsets: Bool { contrasts.values.contains { $0.subsets != nil } }

    /// Those about the whole patient, then those about the contrasts, by name; each once.
    var allWarnings: [ResultWarning] {
        var all: [ResultWarning] = []
        for warning in warnings + contrasts.sorted(by: { $0.key < $1.key }).flatMap(\.value.warnings)
        where !all.contains(warning) { all.append(warning) }
        return all
    }
}
