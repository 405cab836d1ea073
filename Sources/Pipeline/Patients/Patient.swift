/// One patient's files by role, found by their names and not yet opened.
public struct Patient: Sendable {
    /// Unique within a run; also the name of the patient's folder of results.
    public let name: String
    /// The folder that the files lie in.
    public let folder: String
    /// Path per contrast of the model; nil where the patient lacks it.
    public let contrasts: [String?]
    /// Path of the brain mask, if there is one.
    public let brainMask: String?
    /// Path of the lesion segmentation, if there is one.
    public let lesion: String?
    /// Subject and session if the patient comes from a BIDS dataset.
    public let bids: BIDSName?
    /// Why every NIfTI file of the folder was taken for what it was taken.
    public let recognitions: [Recognition]
    /// Why the patient cannot be used, known from the names alone (no contrast, two files for one).
    public let problem: PipelineError?

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
    public var inputPaths: [String] { contrasts.compactMap { $0 } + [brainMask, lesion].compactMap { $0 } }
}
