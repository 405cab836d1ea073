/// One patient's files by role, found by their names and not yet opened.
public struct Patient: Sendable {
    /// Unique within a run; also the name of the patient's folder of results.
    public internal(set) var name: String
    /// The folder that the files lie in.
    public let folder: String
    /// How the patient was found: never `auto`.
    public let layout: Layout
    /// Path per contrast of the model; nil where the patient lacks it.
    public let contrasts: [String?]
    /// Path of the brain mask, if there is one.
    public let brainMask: String?
    /// Path of the lesion segmentation, if there is one.
    public let lesion: String?
    /// Subject and session if the patient comes from a BIDS dataset.
    public internal(set) var bids: BIDSName?
    /// Why every volume of the patient was taken for what it was taken.
    public internal(set) var recognitions: [Recognition]
    /// Why the patient cannot be used, known from the names alone (no contrast, two files for one).
    public internal(set) var problem: PipelineError?
    /// Why the patient cannot be scored in its lesions: two segmentations. What is only imputed does not need them.
    public internal(set) var lesionProblem: PipelineError?

    /// A subject and, where the dataset has sessions, a session.
    public struct BIDSName: Sendable, Equatable {
        /// "sub-01"
        public let subject: String
        /// "ses-1"
        public let session: String?
    }

    /// Indices of the contrasts that the patient has.
    public var available: [Int] { contrasts.indices.filter { contrasts[$0] != nil } }
    /// Indices of the contrasts that the patient lacks.
    public var missing: [Int] { contrasts.indices.filter { contrasts[$0] == nil } }
    /// Paths of everything that goes into the result, in a fixed order.
    var inputPaths: [String] { contrasts.compactMap { $0 } + [brainMask, lesion].compactMap { $0 } }
    /// Files that were left out although they may have been meant, a sentence each.
    public var warnings: [String] {
        recognitions.filter { $0.mayBeMeant && !($0.meant.map { contrasts[$0] != nil } ?? false) }
            .map { "\($0.file) was left out: it \($0.reason)" }
    }
}

/// A patient with what its name may be made of.
struct FoundPatient {
    var patient: Patient
    /// Names of the folders from below the given one down to the patient; the last one is the patient's own name.
    var parts: [String]

    /// Whether there is more to say than that there is no contrast.
    var isUsable: Bool { patient.problem?.code != .noPatient }

    /// A patient of which only the folder is known.
    static func failed(
        _ error: PipelineError, at folder: String, parts: [String], layout: Layout, contrasts: Int,
        bids: Patient.BIDSName?
    ) -> FoundPatient {
        FoundPatient(
            patient: Patient(
                name: parts.last ?? FilePath.name(folder), folder: folder, layout: layout,
                contrasts: Array(repeating: nil, count: contrasts), brainMask: nil, lesion: nil, bids: bids,
                recognitions: [], problem: error),
            parts: parts)
    }
}
