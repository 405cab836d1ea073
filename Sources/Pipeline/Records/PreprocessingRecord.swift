import Files

/// `preprocessing.json`: how a later run knows that a patient is complete.
struct PreprocessingRecord: SealedRecord {
    var format = 1
    var patient: String
    var fingerprint: String
    var warnings: [ResultWarning]
    /// Every file of the patient, this one last, relative to the folder of results.
    var files: [String]
    var sha256: [String: String]
    var checksum = RecordSeal.blank
}
