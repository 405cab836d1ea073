import CollaGAN
import Files
import Metrics
import Patients
import Tensors

/// Program that made a file.
package struct SoftwareRecord: Codable, Sendable, Equatable {
    package var name = Software.name
    package var version = Software.version
}

/// Model that made a file.
package struct ModelRecord: Codable, Sendable, Equatable {
    package var name: String
    /// SHA-256 of the weight file.
    package var sha256: String

    init(_ file: ModelFile) {
        (name, sha256) = (file.description.name, file.sha256)
    }
}

/// How well an available contrast can be made again once the imputed one stands in (method.md §7).
package struct SelfCheckRecord: Codable, Sendable, Equatable {
    /// `nmse psnr mae ssim` over the network's slices.
    package var scores: ScoreTable
    /// NMSE of the contrast whose plain copy comes nearest; where `usualNMSE` is nil, a self-check that is worse is a
    /// warning.
    package var copyNMSE: Double?
    package var copyOf: String?
    /// Median NMSE of the same check on the model's training patients, with which this one is compared; nil where the
    /// model does not know it.
    package var usualNMSE: Double?
    /// Largest region in which the two differ much more than elsewhere, in mm³.
    package var regionVolume: Double
    /// Its centre in mm of the patient's world.
    package var regionCentre: [Double]
}

/// What a user of the network is to compare it with (method.md §6).
package struct BaselineRecord: Codable, Sendable, Equatable {
    package var zeroFill: ScoreTable
    /// Scores of every available contrast taken for the missing one.
    package var copies: [String: ScoreTable]
    /// Name of the best of them.
    package var bestCopy: String?
    /// nil if the model holds no regression for exactly these inputs.
    package var regression: ScoreTable?
    /// Why there is no regression.
    package var regressionNote: String?
}

/// One synthesised contrast of a patient.
package struct ContrastRecord: Codable, Sendable, Equatable {
    /// Path of the image relative to the folder of results.
    package var file: String
    /// Names of the contrasts it was made from.
    package var inputs: [String]
    /// Voxel value ÷ this = normalised intensity.
    package var intensityScale: Float
    /// Against the truth; nil where there is none.
    package var scores: Scores?
    package var baselines: BaselineRecord?
    /// By available contrast.
    package var selfCheck: [String: SelfCheckRecord]
    /// What every subset of the inputs gives, the small ones first, all of them last; nil where subsets were left out.
    package var subsets: [SubsetRecord]?
    /// What each input adds; nil where subsets were left out, empty where there is only one input.
    package var importance: [String: ImportanceRecord]?
    package var warnings: [ResultWarning]
}

/// `metrics.json`: what was made for a patient, from what, and how good it is. A later run reads it to know the patient
/// is complete.
package struct PatientRecord: SealedRecord, Sendable, Equatable {
    /// Version of this file's form.
    package var format = 1
    /// "impute" or "evaluate".
    package var command: String
    package var patient: String
    /// SHA-256 over the inputs' hashes, the model's hash, the settings and the program's version.
    package var fingerprint: String
    package var software = SoftwareRecord()
    /// nil in what an earlier version wrote.
    package var computed: ComputingRecord? = .current
    package var model: ModelRecord
    package var inputs: [InputRecord]
    /// By contrast.
    package var contrasts: [String: ContrastRecord]
    package var warnings: [ResultWarning]
    package var notes: [String]
    /// Every file of the patient, relative to the folder of results.
    package var files: [String]
    /// SHA-256 of every one of them but this file.
    package var sha256: [String: String] = [:]
    /// SHA-256 of this file with 64 zeros in the place of this value.
    package var checksum = RecordSeal.blank

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
