import Files

/// `preprocessing.json`: how a later run knows that a patient is complete.
package struct PreprocessingRecord: SealedRecord, Sendable {
    package var format = 1
    package var patient: String
    package var fingerprint: String
    package var warnings: [ResultWarning]
    /// Every file of the patient, this one last, relative to the folder of results.
    package var files: [String]
    package var sha256: [String: String]
    package var checksum = RecordSeal.blank

    package init(
        patient: String, fingerprint: String, warnings: [ResultWarning], files: [String], sha256: [String: String]
    ) {
        self.patient = patient
        self.fingerprint = fingerprint
        self.warnings = warnings
        self.files = files
        self.sha256 = sha256
    }
}
