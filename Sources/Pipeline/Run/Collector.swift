import Files
import Foundation
import Records

/// Puts the parts of a batch together from their journals and records; the patients themselves need not be there.
package struct Collector: Sendable {
    private let path: String
    private let waiting: Duration
    private let console: Console

    /// - Parameters:
    ///   - path: the folder of results of runs over parts.
    ///   - waiting: for how long, where parts are at work.
    package init(_ path: String, waiting: Duration = .zero, console: Console) {
        (self.path, self.waiting, self.console) = (path, waiting, console)
    }

    /// `run.json` of a folder into which one run over all patients wrote; nil if there is none, or there are parts.
    package static func wholeRun(in path: String) -> RunManifest? {
        guard PartFiles.parts(in: path).isEmpty else { return nil }
        return JSONFile.read(RunManifest.self, from: "\(path)/\(ResultNames.manifest)")
    }

    /// What came of it.
    package struct Outcome: Sendable {
        /// What `run.json` holds.
        package let manifest: RunManifest
        /// The same of the folder `preprocessed`, if there are parts in it.
        package let preprocessed: RunManifest?
        /// Means over the patients.
        package let scores: ScoreSummary
        /// What `subsets.json` holds.
        package let subsets: SubsetSummary
        /// A line for every part, or several alike, that never ran, did not finish or has to run again.
        package let problems: [String]
    }

    /// Writes `run.json` and the files about all patients.
    /// - Throws: `CollaGANError.Code.badConfiguration` if there are no parts or they are not of one batch, `.busy` while a part is at
    ///   work, `.unwritable`, `.outputLost`.
    package func run(on disk: Disk = .current) throws(CollaGANError) -> Outcome {
        guard !PartFiles.parts(in: path).isEmpty else {
            throw CollaGANError(
                .badConfiguration, path: path,
                "\(path): holds no parts; give the --out folder of runs with --part or --participants")
        }
        let inside = "\(path)/\(ResultNames.preprocessed)"
        let hasInside = !PartFiles.parts(in: inside).isEmpty
        let preprocessed: Outcome? = hasInside ? try collect(inside, on: disk) : nil
        let outcome = try collect(path, on: disk)
        return Outcome(
            manifest: outcome.manifest, preprocessed: preprocessed?.manifest, scores: outcome.scores,
            subsets: outcome.subsets,
            problems: (preprocessed?.problems ?? []).map { "\(ResultNames.preprocessed): \($0)" } + outcome.problems)
    }

    private func collect(_ path: String, on disk: Disk) throws(CollaGANError) -> Outcome {
        let folder = try OutputFolder(path, on: disk, waiting: waiting) { console.info("waiting: \($0)") }
        defer { folder.release() }
        let parts = PartFiles.parts(in: folder.path).map {
            (identity: $0, manifest: PartFiles.read($0, in: folder.path))
        }
        let earlier = JSONFile.read(RunManifest.self, from: "\(folder.path)/\(ResultNames.manifest)")
        let merge = try PartMerge(parts, over: earlier, in: path)
        if !merge.instructionSets.isEmpty {
            console.warning(
                "\(path): parts were computed with the instruction sets \(merge.instructionSets.joined(separator: ", ")),"
                    + " which differ in the last bits; set COLLAGAN_ISA on all machines")
        }
        var manifest = merge.manifest
        var cohort = CohortOutputs(
            model: manifest.model ?? ModelRecord(name: "", sha256: ""), order: merge.record.contrasts,
            evaluatesSubsets: merge.record.subsets, folder: folder)
        if manifest.command == RunSettings.Mode.prepare.rawValue {
            for index in manifest.patients.indices {
                let place = ResultNames.preparation(in: manifest.patients[index].place)
                check(
                    &manifest.patients[index],
                    JSONFile.read(PreparationRecord.self, from: "\(folder.path)/\(place)") != nil)
            }
        } else if manifest.command == RunSettings.Mode.preprocess.rawValue {
            for index in manifest.patients.indices {
                let place = ResultNames.preprocessing(in: manifest.patients[index].place)
                let record = JSONFile.read(PreprocessingRecord.self, from: "\(folder.path)/\(place)")
                check(&manifest.patients[index], record != nil)
            }
        } else {
            try cohort.collect(&manifest, settle: check)
        }
        if let dataset = merge.dataset { try DatasetDescription.write(dataset, in: folder) }
        // Last, as in a run: what it says is so already.
        try folder.write(JSONFile.object(manifest.fields()), to: ResultNames.manifest)
        return Outcome(
            manifest: manifest, preprocessed: nil, scores: cohort.scores, subsets: cohort.subsets,
            problems: merge.problems)
    }

    /// A patient that was done has a record.
    private func check(_ entry: inout RunManifest.Entry, _ hasRecord: Bool) {
        guard !hasRecord, !entry.files.isEmpty, [.done, .skipped].contains(entry.status) else { return }
        entry.status = .failed
        entry.reason = "the record of its result is gone or damaged; run its part again"
        console.error("\(entry.name): \(entry.reason ?? "")")
    }
}
