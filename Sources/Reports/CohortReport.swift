/// Everything the page about a whole run shows, as plain data; `html()` lays it out.
public struct CohortReport: Sendable, Codable {
    /// Heading, e.g. "Evaluation of 12 patients".
    public var title: String
    /// Every patient of the run, in the order of the plan.
    public var patients: [CohortPatient]
    /// False as long as the run goes on, or where it was stopped.
    public var isComplete: Bool
    /// What concerns the whole run, one sentence each.
    public var notes: [String]
    /// Path, relative to this page's, of the one about subsets of the inputs; nil where there is none.
    public var subsets: String?
    /// With what the images were made.
    public var provenance: Provenance

    /// A page about a run.
    public init(
        title: String, patients: [CohortPatient], isComplete: Bool = true, notes: [String] = [], subsets: String? = nil,
        provenance: Provenance
    ) {
        (self.title, self.patients, self.isComplete, self.notes) = (title, patients, isComplete, notes)
        (self.subsets, self.provenance) = (subsets, provenance)
    }
}

/// One patient of a run.
public struct CohortPatient: Sendable, Codable {
    /// What became of the patient.
    public enum Status: String, Sendable, Codable {
        case done
        case failed
        case skipped
        /// Nothing became of it yet.
        case pending
    }

    /// The patient's name, as in the output folder.
    public var name: String
    /// What became of the patient.
    public var status: Status
    /// Why it failed or was skipped, one line.
    public var reason: String?
    /// What must be known of its results.
    public var warnings: [CohortWarning]
    /// Path of the patient's page relative to the cohort's, e.g. "patient26/report.html".
    public var report: String?
    /// Wall time in seconds.
    public var seconds: Double?
    /// One entry per imputed contrast.
    public var contrasts: [CohortContrast]

    /// One patient of a run.
    public init(
        name: String, status: Status, reason: String? = nil, warnings: [CohortWarning] = [], report: String? = nil,
        seconds: Double? = nil, contrasts: [CohortContrast] = []
    ) {
        (self.name, self.status, self.reason, self.report) = (name, status, reason, report)
        (self.warnings, self.seconds, self.contrasts) = (warnings, seconds, contrasts)
    }
}

/// Something that must be known of a patient's results.
public struct CohortWarning: Sendable, Codable, Equatable {
    /// Kind, e.g. "swapped-contrasts".
    public var code: String
    /// One line.
    public var text: String

    /// One warning.
    public init(code: String, text: String) {
        (self.code, self.text) = (code, text)
    }
}

/// One imputed contrast of one patient of a run.
public struct CohortContrast: Sendable, Codable {
    /// Name of the contrast, e.g. "FLAIR".
    public var name: String
    /// As on the patient's page; empty where there is no truth.
    public var scores: [ScoreRow]
    /// As on the patient's page; empty where the check was not run.
    public var cycle: [CycleCheck]

    /// One imputed contrast.
    public init(name: String, scores: [ScoreRow] = [], cycle: [CycleCheck] = []) {
        (self.name, self.scores, self.cycle) = (name, scores, cycle)
    }
}
