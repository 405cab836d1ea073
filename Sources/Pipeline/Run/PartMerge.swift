import Files
import Records
import Tensors

/// What the journals of all parts say together (docs/explanation/parts.md), and what is not to be believed of it.
struct PartMerge {
    private typealias Journal = (identity: PartIdentity?, manifest: RunManifest)

    /// As `run.json` will hold it.
    private(set) var manifest: RunManifest
    /// The part that is believed where parts differ: it has the model's contrasts and what was asked for.
    let record: PartRecord
    /// A line for everything that has to be run again or was never run.
    private(set) var problems: [String] = []
    let dataset: DatasetSource?

    /// - Parameters:
    ///   - parts: of whom there are journals, and these; nil where damaged.
    ///   - earlier: the `run.json` that is there.
    ///   - output: the folder as the user gave it.
    /// - Throws: `CollaGANError.Code.badConfiguration` where journals do not belong together, or none can be read.
    init(
        _ parts: [(identity: PartIdentity, manifest: RunManifest?)], over earlier: RunManifest?, in output: String
    ) throws(CollaGANError) {
        let read = parts.compactMap { part in part.manifest.map { Journal(part.identity, $0) } }
        // The youngest first; of one age, by name.
        let journals = read.sorted {
            ($1.manifest.started, $1.identity?.name ?? "") < ($0.manifest.started, $0.identity?.name ?? "")
        }
        let numbered = parts.compactMap(\.identity.count)
        guard let youngest = journals.first(where: { $0.identity?.count != nil }) ?? journals.first,
            let record = youngest.manifest.part
        else {
            throw CollaGANError(
                .badConfiguration, path: output,
                "\(output): the journals in \(PartFiles.folder) cannot be read; run the parts again")
        }
        try Self.requireOneBatch(journals, counts: Set(numbered), in: output)
        self.record = record
        dataset = journals.lazy.compactMap(\.manifest.part?.dataset).first
        var sources = journals
        if numbered.isEmpty, let earlier, earlier.command == youngest.manifest.command {
            sources.append((nil, earlier))
        }
        manifest = youngest.manifest
        let used = take(sources)
        total(sources, output)
        problems =
            Self.missing(parts.map(\.identity))
            + unfinished(parts) + Self.outdated(used, youngest.manifest)
        manifest.state = problems.isEmpty ? .finished : .incomplete
        manifest.reason = problems.isEmpty ? nil : problems.joined(separator: "; ")
    }

    /// The instruction sets on which the parts were computed, if they are several.
    var instructionSets: [String] {
        let sets = Set((manifest.parts ?? []).compactMap(\.computed?.instructionSet)).sorted()
        return sets.count > 1 ? sets : []
    }

    private static func requireOneBatch(
        _ journals: [Journal], counts: Set<Int>, in output: String
    ) throws(CollaGANError) {
        let commands = Set(journals.map(\.manifest.command)).sorted()
        let numbers = counts.sorted().map { "of \($0)" }
        for kinds in [commands, numbers] where kinds.count > 1 {
            throw CollaGANError(
                .badConfiguration, path: output,
                "\(output): holds parts \(kinds.joined(separator: " and ")), which are no one batch; remove"
                    + " \(output)/\(PartFiles.folder) (results stay) and run all parts of one again")
        }
    }

    /// Every patient's entry: of those that are through with the patient the youngest, else the youngest.
    /// - Returns: the journals that an entry was taken from.
    private mutating func take(_ journals: [Journal]) -> [Journal] {
        var chosen: [String: (entry: RunManifest.Entry, journal: Int)] = [:]
        for (index, journal) in journals.enumerated() {
            for entry in journal.manifest.patients {
                if let other = chosen[entry.name], other.entry.isSettled || !entry.isSettled { continue }
                chosen[entry.name] = (entry, index)
            }
        }
        manifest.patients = chosen.values.map(\.entry).sorted { $0.name < $1.name }
        for index in manifest.patients.indices where !manifest.patients[index].isSettled {
            manifest.patients[index].status = .pending
        }
        return Set(chosen.values.map(\.journal)).sorted().map { journals[$0] }
    }

    /// What holds for all parts.
    private mutating func total(_ journals: [Journal], _ output: String) {
        let manifests = journals.map(\.manifest)
        manifest.part = nil
        manifest.output = output
        manifest.software = SoftwareRecord()
        manifest.parts = parts(journals)
        let computed = manifests.map(\.computed)
        manifest.computed = computed.allSatisfy { $0 == computed[0] } ? computed[0] : nil
        manifest.started = manifests.map(\.started).min() ?? manifest.started
        manifest.finished = manifests.compactMap(\.finished).max()
        manifest.seconds = manifests.compactMap(\.seconds).max()
        let network = manifests.compactMap(\.networkSeconds)
        manifest.networkSeconds = network.isEmpty ? nil : (network.reduce(0, +) * 1000).rounded() / 1000
    }

    private func parts(_ journals: [Journal]) -> [CollectedPart] {
        let now = journals.compactMap { journal in
            journal.identity.flatMap { CollectedPart($0, journal.manifest) }
        }
        let names = Set(now.map(\.name))
        let before = journals.filter { $0.identity == nil }.flatMap { $0.manifest.parts ?? [] }
        let all = now + before.filter { !names.contains($0.name) }
        return all.sorted { ($0.number ?? .max, $0.name) < ($1.number ?? .max, $1.name) }
    }

    private static func missing(_ parts: [PartIdentity]) -> [String] {
        guard let count = parts.lazy.compactMap(\.count).first else { return [] }
        let missing = Set(1...count).subtracting(parts.compactMap(\.number))
        return missing.isEmpty ? [] : ["\(title(missing, of: count)) never ran"]
    }

    /// Parts with patients that nobody is through with, or of which nothing is known.
    private func unfinished(_ parts: [(identity: PartIdentity, manifest: RunManifest?)]) -> [String] {
        let open = Set(manifest.patients.filter { !$0.isSettled }.map(\.name))
        let unfinished = parts.filter { part in
            part.manifest.map { $0.patients.contains { open.contains($0.name) } } ?? true
        }
        let theirs = unfinished.flatMap { $0.manifest?.patients.map(\.name) ?? [] }
        let others = open.subtracting(theirs).count
        return Self.list(unfinished.map(\.identity)).map { "\($0) did not finish; run again" }
            + (others == 0 ? [] : ["the run over all did not come to \(Wording.count(others, "patient")); run again"])
    }

    private static func outdated(_ journals: [Journal], _ youngest: RunManifest) -> [String] {
        let parts = journals.filter { $0.identity != nil }
        let lists = parts.filter {
            $0.manifest.part?.number != nil && $0.manifest.part?.cohort != youngest.part?.cohort
        }
        let models = parts.filter { $0.manifest.model?.sha256 != youngest.model?.sha256 }
        return list(lists.compactMap(\.identity)).map { "\($0) saw another list of patients; run again" }
            + list(models.compactMap(\.identity)).map { "\($0) had another model; run again" }
    }

    /// Numbered ones in one text, the others one by one.
    private static func list(_ parts: [PartIdentity]) -> [String] {
        let count = parts.lazy.compactMap(\.count).first ?? 0
        let numbers = Set(parts.compactMap(\.number))
        return (numbers.isEmpty ? [] : [title(numbers, of: count)])
            + parts.filter { $0.number == nil }.map(\.title)
    }

    private static func title(_ numbers: Set<Int>, of count: Int) -> String {
        "part\(numbers.count == 1 ? "" : "s") \(Wording.ranges(numbers)) of \(count)"
    }
}

extension RunManifest.Entry {
    /// Whether the run is through with the patient.
    fileprivate var isSettled: Bool { ![.pending, .running].contains(status) }
}

extension CollectedPart {
    /// - Returns: nil for what is no part's journal.
    fileprivate init?(_ identity: PartIdentity, _ manifest: RunManifest) {
        guard let part = manifest.part else { return nil }
        self.init(
            name: identity.name, number: identity.number, state: manifest.state, reason: manifest.reason,
            host: part.host, process: part.process, job: part.job, computed: manifest.computed,
            started: manifest.started, finished: manifest.finished, seconds: manifest.seconds,
            networkSeconds: manifest.networkSeconds, counts: manifest.counts)
    }
}
