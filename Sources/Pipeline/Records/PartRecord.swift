import Files
import Foundation
import Records
import Tensors

/// What the journal of a part says besides what `run.json` would: who wrote it, and what `collect` needs beside the patients' records.
package struct PartRecord: Codable, Sendable {
    /// The list of patients from which the part was taken, by which parts of different lists are told apart.
    package struct Cohort: Codable, Sendable, Equatable {
        package var patients: Int
        /// Of the names, one a line.
        package var sha256: String

        init(_ names: [String]) {
            patients = names.count
            sha256 = FileHash.sha256(of: Data(names.joined(separator: "\n").utf8))
        }
    }

    /// nil for participants.
    package var number: Int?
    package var count: Int?
    package var host = ProcessIdentity.host
    package var process = ProcessIdentity.process
    /// The batch system's name for the job.
    package var job = Self.currentJob
    package var cohort: Cohort
    /// The model's, in its order.
    package var contrasts: [String]
    /// Whether `evaluate` was to evaluate subsets of the inputs.
    package var subsets: Bool
    /// The BIDS dataset that the patients come from.
    package var dataset: DatasetSource?

    init(_ identity: PartIdentity, cohort: [String], contrasts: [String], subsets: Bool) {
        (number, count) = (identity.number, identity.count)
        self.cohort = Cohort(cohort)
        (self.contrasts, self.subsets) = (contrasts, subsets)
    }

    /// "4711_3" of a Slurm array, "4711" of a single job.
    private static var currentJob: String? {
        let environment = ProcessInfo.processInfo.environment
        if let array = environment["SLURM_ARRAY_JOB_ID"], let task = environment["SLURM_ARRAY_TASK_ID"] {
            return "\(array)_\(task)"
        }
        return environment["SLURM_JOB_ID"]
    }
}

/// The BIDS dataset that results derive from, as `dataset_description.json` names it.
package struct DatasetSource: Codable, Sendable, Equatable {
    /// nil where the dataset has no description.
    package var name: String?
    package var doi: String?
    /// Where it lies, relative to the results, as a URI.
    package var url: String?
}

/// What `run.json` says of a part that was collected.
package struct CollectedPart: Codable, Sendable {
    /// "part-3-of-8"
    package var name: String
    /// nil for participants.
    package var number: Int?
    package var state: RunManifest.State
    package var reason: String?
    package var host: String
    package var process: Int
    package var job: String?
    package var computed: ComputingRecord?
    package var started: String
    package var finished: String?
    package var seconds: Double?
    package var networkSeconds: Double?
    package var counts: [String: Int]
}
