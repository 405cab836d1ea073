import Files
import Foundation
import Records
import Tensors

/// `run.json`: what a run was asked to do and what became of every patient. Also the journal of a part.
package struct RunManifest: Decodable, Sendable {
    /// What has become of a patient.
    package enum Status: String, Codable, Sendable {
        /// Not begun; results of an earlier run, if there are any, have not been looked at.
        case pending
        /// Being worked on.
        case running
        /// All files are there.
        case done
        /// Refused; `reason` says why, no files were left.
        case failed
        /// Nothing to do; `reason` says why.
        case skipped
    }

    /// Whether the run is over.
    package enum State: String, Codable, Sendable {
        /// At work; also what a killed run leaves.
        case running
        /// Every patient is done, failed or skipped.
        case finished
        /// Stopped by a signal; the rest is pending.
        case interrupted
        /// The folder of results took no more files, `reason` says why; the rest is pending.
        case stopped
        /// Put together of parts of which some have not run or did not finish; `reason` says which.
        case incomplete
    }

    /// One patient of the run.
    package struct Entry: Codable, Sendable {
        package var name: String
        /// Where the patient's results lie, relative to the folder of results; nil where the folder has the patient's name.
        package var folder: String?
        package var status: Status
        /// Why it failed or was skipped, one line.
        package var reason: String?
        /// Wall time in seconds.
        package var seconds: Double?
        /// Files made for the patient, relative to the folder of results.
        package var files: [String] = []
        package var warnings: [ResultWarning] = []
    }

    /// Version of this file's form.
    package var format = 1
    /// "impute", "evaluate", "preprocess" or "prepare".
    package var command: String
    package var software = SoftwareRecord()
    /// nil in what an earlier version wrote.
    package var computed: ComputingRecord?
    /// The folder of patients as it was given.
    package var input: String
    /// The folder of results as it was given.
    package var output: String
    /// nil for `prepare`, which needs none.
    package var model: ModelRecord?
    package var state = State.running
    /// Why it was stopped, one line.
    package var reason: String?
    /// ISO 8601.
    package var started: String
    /// ISO 8601.
    package var finished: String?
    /// Wall time in seconds.
    package var seconds: Double?
    /// How long the network was at work, wall time in seconds; nil before the end.
    package var networkSeconds: Double?
    /// In the journal of a part only.
    package var part: PartRecord?
    /// In the `run.json` of `collect` only.
    package var parts: [CollectedPart]?
    package var patients: [Entry]
    /// How many patients have which status.
    package var counts: [String: Int] {
        Dictionary(grouping: patients, by: \.status.rawValue).mapValues(\.count)
    }

    /// Names of the patients with each kind of warning, by its code.
    package var warned: [String: [String]] {
        var names: [String: [String]] = [:]
        for entry in patients {
            for code in Set(entry.warnings.map(\.code.rawValue)) { names[code, default: []].append(entry.name) }
        }
        return names
    }

    private enum CodingKeys: String, CodingKey {
        case format, command, software, computed, input, output, model, state, reason, started, finished, seconds
        case networkSeconds, part, parts, patients
    }

    init(command: String, input: String, output: String, model: ModelRecord?, patients: [Entry]) {
        self.command = command
        self.input = input
        self.output = output
        self.model = model
        computed = .current
        started = Wording.now()
        self.patients = patients
    }

    /// Keys and values of `run.json`, as `JSONFile.object` takes them.
    /// - Parameter entries: the entries' fragments of depth 2 where they were encoded before: the file is written twice for every
    ///   patient, and most do not change.
    package func fields(entries: [String]? = nil) throws(CollaGANError) -> [String: [String]] {
        var fields: [String: [String]] = [:]
        func set(_ key: CodingKeys, _ value: (some Encodable)?) throws(CollaGANError) {
            if let value { fields[key.rawValue] = [try JSONFile.fragment(value)] }
        }
        try set(.format, format)
        try set(.command, command)
        try set(.software, software)
        try set(.computed, computed)
        try set(.input, input)
        try set(.output, output)
        try set(.model, model)
        try set(.state, state)
        try set(.reason, reason)
        try set(.started, started)
        try set(.finished, finished)
        try set(.seconds, seconds)
        try set(.networkSeconds, networkSeconds)
        try set(.part, part)
        try set(.parts, parts)
        fields["counts"] = [try JSONFile.fragment(counts)]
        fields["warned"] = [try JSONFile.fragment(warned)]
        let entries = if let entries { entries } else { try fragments() }
        let list = entries.enumerated().flatMap { [$0.offset == 0 ? "\n    " : ",\n    ", $0.element] }
        fields[CodingKeys.patients.rawValue] = ["["] + list + ["\n\(entries.isEmpty ? "\n" : "")  ]"]
        return fields
    }

    /// Each patient's entry as it stands in `run.json`.
    func fragments() throws(CollaGANError) -> [String] {
        try patients.map { entry throws(CollaGANError) in try JSONFile.fragment(entry, depth: 2) }
    }
}
