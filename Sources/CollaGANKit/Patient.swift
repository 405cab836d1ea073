import Patients

/// One patient's files by contrast, recognised by their names and not yet opened.
public struct Patient: Sendable {
    let found: Patients.Patient
    /// Of the model that found the patient.
    let names: [String]

    init(_ found: Patients.Patient, names: [String]) {
        self.found = found
        self.names = names
    }

    /// Unique among the patients found together.
    public var name: String { found.name }
    /// The folder that the files lie in.
    public var folder: String { found.folder }
    /// The model's contrasts that are there, in its order.
    public var available: [String] { found.available.map { names[$0] } }
    /// The model's contrasts that are not there.
    public var missing: [String] { found.missing.map { names[$0] } }
    /// The file of a contrast.
    public func path(of contrast: String) -> String? {
        ContrastVocabulary.name(contrast, among: names).flatMap(names.firstIndex(of:)).flatMap { found.contrasts[$0] }
    }
    /// Why the patient cannot be used, told from the names alone.
    public var problem: Refusal? { found.problem.map(Refusal.init) }
    /// What there is to tell of the files before one is opened, a sentence each: what was left out although it may have
    /// been meant, which sidecars contradict names.
    public var warnings: [String] { found.warnings }
}
