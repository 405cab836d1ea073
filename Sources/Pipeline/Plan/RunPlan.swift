import Files
import Patients
import Records

/// What a run would do, patient by patient, and why (docs/reference/plan.md).
package struct RunPlan: Encodable, Sendable {
    /// What would become of a patient.
    package enum Action: String, Encodable, Sendable {
        case impute
        case evaluate
        case preprocess
        case prepare
        case skip
        case fail

        /// What a run of this mode does with a patient for whom there is something to do.
        init(_ mode: RunSettings.Mode) {
            self =
                switch mode {
                case .impute: .impute
                case .evaluate: .evaluate
                case .preprocess: .preprocess
                case .prepare: .prepare
                }
        }
    }

    /// One volume of a patient.
    package struct File: Encodable, Sendable {
        /// A contrast's name, `brainmask`, `lesion`, `imputed` (made by collagan) or `unrecognised`.
        package let role: String
        package let path: String
        /// Why the role was given.
        package let reason: String
    }

    /// One patient.
    package struct Entry: Encodable, Sendable {
        package let name: String
        package let folder: String
        package let layout: Layout
        package let action: Action
        /// One line; of a patient that would be skipped or fail, the words of the run.
        package let reason: String
        /// Contrasts that would be synthesised, in the model's order.
        package let targets: [String]
        /// Contrasts that are there, in the model's order.
        package let available: [String]
        /// Whether every subset of the inputs would be evaluated, too.
        package let subsets: Bool
        /// About how much memory the patient takes beside the program and model, in bytes; nil unless there is something to do.
        package let memory: Int?
        /// Files with a role, in the order of the folder.
        package let files: [File]
        /// Files without one, and images that collagan made.
        package let unrecognised: [File]
        package let warnings: [String]
        /// Of a folder of DICOM files, every series with its verdict; nil for other patients.
        package var series: [PreparationRecord.Series]?
    }

    /// Version of this form.
    package let format = 1
    /// "plan", to tell it from `run.json`.
    package let kind = "plan"
    /// "impute", "evaluate", "preprocess" or "prepare".
    package let command: String
    package let software = SoftwareRecord()
    /// nil for `prepare`, which needs none.
    package let model: ModelRecord?
    /// The folder of patients as it was given.
    package let input: String
    /// The folder of results as it was given.
    package let output: String
    /// "3/8"; nil for a run over all parts.
    package let part: String?
    /// How many patients there are in all parts.
    package let cohort: Int
    /// What the verdicts rest on; the rest shows itself in the run.
    package let checked: String
    /// What only voxels tell, so that the run may.
    package let unchecked: String
    package let patients: [Entry]
    /// Folders and files that were passed over.
    package let leftOut: [LeftOut]
    /// How many patients have which action.
    package let counts: [String: Int]

    /// Whether a patient would fail.
    package var hasFailures: Bool { patients.contains { $0.action == .fail } }

    init(_ settings: RunSettings, _ model: ModelRecord?, _ patients: [Entry], of cohort: Int, leftOut: [LeftOut]) {
        (part, self.cohort) = (settings.selection.part?.text, cohort)
        (command, input, output) = (settings.mode.rawValue, settings.patients, settings.output)
        (self.model, self.patients, self.leftOut) = (model, patients, leftOut)
        let isPreparation = settings.mode == .prepare
        checked =
            isPreparation
            ? "names, headers, and the hashes of files with an earlier result; no voxels"
            : "names, headers, grids, memory, and the hashes of files with an earlier result; no voxels"
        unchecked =
            isPreparation
            ? "whether series convert, contrasts can be registered, and a brain mask is found and fits"
            : "whether masks fit, skulls are off, contrasts cover the brain, lie on each other and look as named"
        counts = Dictionary(grouping: patients, by: \.action.rawValue).mapValues(\.count)
    }

    /// A table for people.
    package func text() -> String {
        let rows = patients.map { patient in
            [
                patient.name, patient.action.rawValue, list(patient.targets), list(patient.available), patient.reason,
            ].map(\.onOneLine)
        }
        var lines = [
            TextTable([["patient", "action", "contrasts", "there", "why"]] + rows, namedColumns: 5).text()
                .split(separator: "\n").map { $0.trimmingSuffix(while: { $0 == " " }) }.joined(separator: "\n")
        ]
        for patient in patients {
            lines += (patient.series ?? []).map { "\(patient.name): \($0.text)".onOneLine }
            lines += patient.warnings.map { "warning: \(patient.name): \($0)".onOneLine }
        }
        lines += leftOut.prefix(Self.shownLeftOut).map { "left out: \($0.path) \($0.reason)".onOneLine }
        if leftOut.count > Self.shownLeftOut {
            lines.append("left out: \(leftOut.count - Self.shownLeftOut) more, which --json lists")
        }
        let parts = [Action.impute, .evaluate, .preprocess, .prepare, .skip, .fail].compactMap { action in
            counts[action.rawValue].map { "\($0) to \(action.rawValue)" }
        }
        let share = part.map { "part \($0), \(patients.count) of \(Wording.count(cohort, "patient")): " } ?? ""
        let verdicts = parts.isEmpty ? "nothing to do" : parts.joined(separator: ", ")
        lines.append("\(share)\(verdicts); nothing was written. Checked: \(checked).")
        lines.append("Not known before the run: \(unchecked).")
        return lines.joined(separator: "\n")
    }

    private static let shownLeftOut = 20

    private func list(_ names: [String]) -> String { names.isEmpty ? "–" : names.joined(separator: " ") }
}

extension StringProtocol {
    /// The text without its last characters as long as they fulfil a condition.
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
        var end = endIndex
        while end > startIndex, isTrimmed(self[index(before: end)]) { end = index(before: end) }
        return String(self[..<end])
    }
}
