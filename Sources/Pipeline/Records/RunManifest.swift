import Files
import Foundation
import Records
import Tensors

/// `run.json`: what a run was asked to do and what became of every patient.
package struct RunManifest: Codable, Sendable {
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
    }

    /// One patient of the run.
    package struct Entry: Codable, Sendable {
        package var name: String
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
    /// "impute", "evaluate" or "preprocess".
    package var command: String
    package var software = SoftwareRecord()
    /// nil in what an earlier version wrote.
    package var computed: ComputingRecord?
    /// The folder of patients as it was given.
    package var input: String
    /// The folder of results as it was given.
    package var output: String
    /// nil for `preprocess` without a model's name.
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
        case format, command, software, computed, input, output, model, state, reason, started, finished, seconds,
            networkSeconds
        case patients, counts, warned
    }

    init(command: String, input: String, output: String, model: ModelRecord?, patients: [String]) {
        (self.command, self.input, self.output, self.model) = (command, input, output, model)
        computed = .current
        started = Self.now()
        self.patients = patients.map { Entry(name: $0, status: .pending) }
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        format = try values.decode(Int.self, forKey: .format)
        command = try values.decode(String.self, forKey: .command)
        software = try values.decode(SoftwareRecord.self, forKey: .software)
        computed = try values.decodeIfPresent(ComputingRecord.self, forKey: .computed)
        input = try values.decode(String.self, forKey: .input)
        output = try values.decode(String.self, forKey: .output)
        model = try values.decodeIfPresent(ModelRecord.self, forKey: .model)
        state = try values.decode(State.self, forKey: .state)
        reason = try values.decodeIfPresent(String.self, forKey: .reason)
        started = try values.decode(String.self, forKey: .started)
        finished = try values.decodeIfPresent(String.self, forKey: .finished)
        seconds = try values.decodeIfPresent(Double.self, forKey: .seconds)
        networkSeconds = try values.decodeIfPresent(Double.self, forKey: .networkSeconds)
        patients = try values.decode([Entry].self, forKey: .patients)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(format, forKey: .format)
        try values.encode(command, forKey: .command)
        try values.encode(software, forKey: .software)
        try values.encodeIfPresent(computed, forKey: .computed)
        try values.encode(input, forKey: .input)
        try values.encode(output, forKey: .output)
        try values.encodeIfPresent(model, forKey: .model)
        try values.encode(state, forKey: .state)
        try values.encodeIfPresent(reason, forKey: .reason)
        try values.encode(started, forKey: .started)
        try values.encodeIfPresent(finished, forKey: .finished)
        try values.encodeIfPresent(seconds, forKey: .seconds)
        try values.encodeIfPresent(networkSeconds, forKey: .networkSeconds)
        try values.encode(patients, forKey: .patients)
        try values.encode(counts, forKey: .counts)
        try values.encode(warned, forKey: .warned)
    }

    /// `run.json` in parts, of which the entries were encoded before: it is written twice for every patient, and most do not change.
    /// - Parameter entries: `Entry.text` of every patient.
    func file(entries: [String]) throws(CollaGANError) -> [String] {
        var rest = self
        rest.patients = []
        let text = String(decoding: try JSONFile.encode(Summary(manifest: self, rest: rest)), as: UTF8.self)
        guard !entries.isEmpty, let place = text.range(of: "\"patients\" : [\n\n  ]") else {
            return [String(decoding: try JSONFile.encode(self), as: UTF8.self)]
        }
        let list = entries.enumerated().flatMap { [$0.offset == 0 ? "\n" : ",\n", $0.element] }
        return [text[..<place.lowerBound] + "\"patients\" : ["] + list + ["\n  ]" + text[place.upperBound...]]
    }

    /// A manifest without its patients, but with what is counted over them.
    private struct Summary: Encodable {
        let manifest: RunManifest
        let rest: RunManifest

        func encode(to encoder: any Encoder) throws {
            try rest.encode(to: encoder)
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(manifest.counts, forKey: .counts)
            try values.encode(manifest.warned, forKey: .warned)
        }
    }

    static func now() -> String {
        Date().formatted(.iso8601)
    }
}

extension RunManifest.Entry {
    /// The entry as it stands in `run.json`.
    func text() throws(CollaGANError) -> String {
        let lines = String(decoding: try JSONFile.encode(self), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n")
    }
}
