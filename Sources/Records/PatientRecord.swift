import Files
import Patients
import Tensors

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

    package init(
        command: String, patient: String, fingerprint: String, model: ModelRecord, inputs: [InputRecord],
        contrasts: [String: ContrastRecord], warnings: [ResultWarning], notes: [String], files: [String]
    ) {
        self.command = command
        self.patient = patient
        self.fingerprint = fingerprint
        self.model = model
        self.inputs = inputs
        self.contrasts = contrasts
        self.warnings = warnings
        self.notes = notes
        self.files = files
    }

    /// Whether the subsets of the inputs were evaluated.
    package var hasSubsets: Bool { contrasts.values.contains { $0.subsets != nil } }

    /// Those about the whole patient, then those about the contrasts, by name; each once.
    package var allWarnings: [ResultWarning] {
        var all: [ResultWarning] = []
        for warning in warnings + contrasts.sorted(by: { $0.key < $1.key }).flatMap(\.value.warnings)
        where !all.contains(warning) { all.append(warning) }
        return all
    }
}
