import Records

/// Everything the page about a whole run shows; `html()` lays it out.
package struct CohortReport: Sendable {
    /// Heading, e.g. "Evaluation of 12 patients".
    package var title: String
    /// Every patient of the run, in the order of the plan.
    package var patients: [CohortPatient]
    /// False as long as the run goes on, or where it was stopped.
    package var isComplete: Bool
    /// Path, relative to this page's, of the one about subsets of the inputs; nil where there is none.
    package var subsets: String?
    /// With what the images were made.
    package var provenance: Provenance

    package init(
        title: String, patients: [CohortPatient], isComplete: Bool = true, subsets: String? = nil,
        provenance: Provenance
    ) {
        (self.title, self.patients, self.isComplete) = (title, patients, isComplete)
        (self.subsets, self.provenance) = (subsets, provenance)
    }
}

/// One patient of a run.
package struct CohortPatient: Sendable {
    /// What became of the patient.
    package enum Status: String, Sendable {
        case done
        case failed
        case skipped
        /// Nothing became of it yet.
        case pending
    }

    /// The patient's name, as in the output folder.
    package var name: String
    package var status: Status
    /// Why it failed or was skipped, one line.
    package var reason: String?
    /// What must be known of its results.
    package var warnings: [ResultWarning]
    /// Path of the patient's page relative to the cohort's, e.g. "patient26/report.html".
    package var report: String?
    /// Wall time in seconds.
    package var seconds: Double?
    /// One entry per imputed contrast.
    package var contrasts: [NamedContrast]

    package init(
        name: String, status: Status, reason: String? = nil, warnings: [ResultWarning] = [], report: String? = nil,
        seconds: Double? = nil, contrasts: [NamedContrast] = []
    ) {
        self.name = name
        self.status = status
        self.reason = reason
        self.report = report
        self.warnings = warnings
        self.seconds = seconds
        self.contrasts = contrasts
    }
}
