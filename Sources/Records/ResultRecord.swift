import Files

/// The record that a command leaves of a patient, by which a later run knows what is there.
package protocol ResultRecord: SealedRecord, Sendable {
    /// Equal if the inputs, the model and the settings are.
    var fingerprint: String { get }
    /// Every file of the patient, relative to the folder of results, the record last.
    var files: [String] { get }
    var allWarnings: [ResultWarning] { get }
    /// Whether the subsets of the inputs were evaluated.
    var hasSubsets: Bool { get }
    /// nil where it does not matter, or an earlier version wrote the record.
    var instructionSet: String? { get }
    /// Which of some contrasts were made; nil where all that are there are.
    func made(of contrasts: [String]) -> [Int]?
}

extension PatientRecord: ResultRecord {
    package var instructionSet: String? { computed?.instructionSet }

    package func made(of contrasts: [String]) -> [Int]? {
        contrasts.indices.filter { self.contrasts[contrasts[$0]] != nil }
    }
}

extension PreprocessingRecord: ResultRecord {
    package var allWarnings: [ResultWarning] { warnings }
    package var hasSubsets: Bool { false }
    package var instructionSet: String? { nil }

    package func made(of contrasts: [String]) -> [Int]? { nil }
}
