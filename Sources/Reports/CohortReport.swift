/// Everything the page about a whole run shows, as plain data; `html()` lays it out.
package struct CohortReport: Sendable, Codable {
    /// Heading, e.g. "Evaluation of 12 patients".
    package var title: String
    /// Every patient of the run, in the order of the plan.
    package var patients: [CohortPatient]
    /// False as long as the run goes on, or where it was stopped.
    package var isComplete: Bool
    /// What concerns the whole run, one sentence each.
    package var notes: [String]
    /// Path, relative to this page's, of the one about subsets of the inputs; nil where there is none.
    package var subsets: String?
    /// With what the images were made.
    package var provenance: Provenance

    /// A page about a run.
    package init(
        title: String, patients: [CohortPatient], isComplete: Bool = true, notes: [String] = [], subsets: String? = nil,
        provenance: Provenance
    ) {
        (self.title, self.patients, self.isComplete, self.notes) = (title, patients, isComplete, notes)
        (self.subsets, self.provenance) = (subsets, provenance)
    }
}

/// One patient of a run.
package struct CohortPatient: Sendable, Codable {
    /// What became of the patient.
    package enum Status: String, Sendable, Codable {
        case done
        case failed
        case skipped
        /// Nothing became of it yet.
        case pending
    }

    /// The patient's name, as in the output folder.
    package var name: String
    /// What became of the patient.
    package var status: Status
    /// Why it failed or was skipped, one line.
    package var reason: String?
    /// What must be known of its results.
    package var warnings: [CohortWarning]
    /// Path of the patient's page relative to the cohort's, e.g. "patient26/report.html".
    package var report: String?
    /// Wall time in seconds.
    package var seconds: Double?
    /// One entry per imputed contrast.
    package var contrasts: [CohortContrast]

    /// One patient of a run.
    package init(
        name: String, status: Status, reason: String? = nil, warnings: [CohortWarning] = [], report: String? = nil,
        seconds: Double? = nil, contrasts: [CohortContrast] = []
    ) {
        (self.name, self.status, self.reason, self.report) = (name, status, reason, report)
        (self.warnings, self.seconds, self.contrasts) = (warnings, seconds, contrasts)
    }
}

/// Something that must be known of a patient's results.
package struct CohortWarning: Sendable, Codable, Equatable {
    /// Kind, e.g. "swapped-contrasts".
    package var code: String
    /// One line.
    package var text: String

    /// One warning.
    package init(code: String, text: String) {
        (self.code, self.text) = (code, text)
    }
}

/// One imputed contrast of one patient of a run.
package struct CohortContrast: Sendable, Codable {
    /// Name of the contrast, e.g. "FLAIR".
    package var name: String
    /// As on the patient's page; empty where there is no truth.
    package var scores: [ScoreRow]
    /// As on the patient's page; empty where the check was not run.
    package var cycle: [CycleCheck]

    /// One imputed contrast.
    package init(name: String, scores: [ScoreRow] = [], cycle: [CycleCheck] = []) {
        (self.name, self.scores, self.cycle) = (name, scores, cycle)
    }
}
