import CollaGAN
import Files
import Foundation
import Patients
import Preprocessing

/// Brings a training's patients into the cache, one after the other.
struct TrainingPreparation {
    /// What a training works on.
    struct Patients {
        var training: [TrainingPatient] = []
        var validation: [TrainingPatient] = []
        /// Names; not read.
        var test: [String] = []
        /// Patients that are not used, with the reason.
        var failed: [String: String]
    }

    /// Contents of the patients' files.
    struct Files {
        /// By patient's name.
        var hashes: [String: InputHashes] = [:]
        /// Patients whose files cannot be read, with the reason, and those that are not used for other reasons.
        var failed: [String: String]
    }

    let cohort: TrainingCohort
    let settings: PreprocessingSettings
    /// Where prepared patients lie.
    let cacheFolder: String
    /// Whether other trainings use that folder, too.
    let isShared: Bool
    let resumes: Bool
    /// Share the preparing.
    let ranks: RankGroup?
    let console: Console

    /// Reads every file once for its hash.
    ///
    /// - Throws: `CollaGANError.Code.unusablePatient` if a resumed training has lost a patient.
    func files() throws(CollaGANError) -> Files {
        var result = Files(failed: cohort.failed.merging(cohort.leftOut) { $1 })
        for (name, reason) in cohort.failed.sorted(by: { $0.key < $1.key }) { console.error("\(name): \(reason)") }
        for (name, reason) in cohort.leftOut.sorted(by: { $0.key < $1.key }) {
            console.warning(
                "\(name): was left out when this training began (\(reason)) and stays out, whether or not it can be used now; to train on it, start anew with --overwrite"
            )
        }
        for (index, entry) in cohort.patients.enumerated() {
            console.progress("[\(index + 1)/\(cohort.patients.count)] checking the files of \(entry.patient.name)")
            do {
                result.hashes[entry.patient.name] = try InputHashes(
                    PatientInputs(
                        entry.patient, contrastNames: settings.contrasts, usesMask: true, usesLesion: false))
            } catch {
                try fail(entry.patient.name, error, &result.failed)
            }
        }
        return result
    }

    /// Prepares who is not in the cache yet.
    ///
    /// - Throws: `CollaGANError` if a part has no patient that can be used, a resumed training has lost a patient, or the cache cannot
    ///   be written.
    func patients(_ files: Files, _ split: Split) throws(CollaGANError) -> Patients {
        var before = Patients(failed: files.failed)
        before.test = split.patients.filter { $0.part == .test && files.failed[$0.name] == nil }.map(\.name)
        let members = Dictionary(uniqueKeysWithValues: split.patients.map { ($0.name, $0) })
        let read = cohort.patients.map(\.patient).compactMap { patient -> CachedPatient? in
            guard let member = members[patient.name], member.part != .test, let hashes = files.hashes[patient.name]
            else { return nil }
            return CachedPatient(patient: patient, member: member, hashes: hashes)
        }
        // How often ranks meet while they prepare depends on it.
        try ranks?.agree(onPatients: Self.identity(of: read))
        // What one rank cannot do, all do not; and nobody goes on before all are here.
        return try ranks.agree { [before] () throws(CollaGANError) in
            let prepared = try prepare(read, before)
            try requireEveryPart(of: prepared)
            return prepared
        }
    }

    /// - Throws: `CollaGANError.Code.noPatient` if a part has no patient that can be used.
    private func requireEveryPart(of result: Patients) throws(CollaGANError) {
        for (part, prepared) in [(Split.Part.training, result.training), (.validation, result.validation)] {
            guard prepared.isEmpty, part == .training || cohort.patients.contains(where: { $0.part == part }) else {
                continue
            }
            let reason = result.failed.sorted { $0.key < $1.key }.first?.value ?? ""
            throw CollaGANError(.noPatient, path: cacheFolder, "no \(part.rawValue) patient can be used: \(reason)")
        }
    }

    /// Tells patients from others by name, part and contents.
    private static func identity(of patients: [CachedPatient]) -> String {
        let lines = patients.map { entry in
            let (member, files) = (entry.member, entry.hashes.files.map { "\($0.file.role) \($0.sha256)" })
            return ([entry.patient.name, member.subject, member.part.rawValue] + files).joined(separator: " ")
        }
        return FileHash.sha256(of: Data(lines.joined(separator: "\n").utf8))
    }

    private struct CachedPatient {
        let patient: Patient
        let member: Split.Member
        let hashes: InputHashes
    }

    /// Opens the cache, the first rank before the others: it removes there what a killed run left.
    private func cache() throws(CollaGANError) -> SliceCache {
        guard let ranks else { return try SliceCache(cacheFolder, settings: settings, isShared: isShared) }
        func open(_ isShared: Bool) throws(CollaGANError) -> SliceCache {
            try SliceCache(cacheFolder, settings: settings, isShared: isShared)
        }
        let first = try ranks.agree { () throws(CollaGANError) in ranks.isFirst ? try open(isShared) : nil }
        return try ranks.agree { () throws(CollaGANError) in if let first { first } else { try open(true) } }
    }

    /// Each rank prepares one, then the next, so that nobody waits for longer than one takes. What cannot be prepared is tried
    /// again, and told of, by all.
    private func prepareTogether(_ patients: [CachedPatient], _ cache: SliceCache, _ ranks: RankGroup)
        throws(CollaGANError)
    {
        let missing = try ranks.first(patients.filter { !cache.holds($0.patient, $0.hashes) }.map(\.patient.name))
        let shared = patients.filter { missing.contains($0.patient.name) }
        for first in stride(from: 0, to: shared.count, by: ranks.size) {
            let index = first + ranks.rank
            if index < shared.count {
                let entry = shared[index]
                console.progress("[\(index + 1)/\(shared.count)] preparing \(entry.patient.name)")
                _ = try? cache.patient(entry.patient, subject: entry.member.subject, hashes: entry.hashes)
            }
            try ranks.meet()
        }
    }

    private func prepare(_ patients: [CachedPatient], _ before: Patients) throws(CollaGANError) -> Patients {
        var result = before
        let cache = try cache()
        let missing = patients.filter { !cache.holds($0.patient, $0.hashes) }.map(\.patient)
        if !missing.isEmpty { announce(CacheEstimate(missing, settings, folder: cache.folder), missing.count, cache) }
        if let ranks { try prepareTogether(patients, cache, ranks) }
        for (index, entry) in patients.enumerated() {
            console.progress("[\(index + 1)/\(patients.count)] preparing \(entry.patient.name)")
            do throws(CollaGANError) {
                let prepared = try cache.patient(entry.patient, subject: entry.member.subject, hashes: entry.hashes)
                if entry.member.part == .training {
                    result.training.append(prepared)
                } else {
                    result.validation.append(prepared)
                }
            } catch {
                guard error.code != .unwritable, error.code != .outputLost else { throw error }
                try fail(entry.patient.name, error, &result.failed)
            }
        }
        cache.keepOnly(patients.map { ($0.patient, $0.hashes) })
        return result
    }

    private func announce(_ estimate: CacheEstimate, _ count: Int, _ cache: SliceCache) {
        let size = "about \(Wording.size(bytes: estimate.bytes)) in \(cache.folder)"
        console.info("preparing \(Wording.count(count, "patient")) once, \(size)")
        if let free = estimate.free, free < estimate.bytes {
            console.warning(
                "\(cache.folder): only \(Wording.size(bytes: free)) are free; make room or give another folder with --cache"
            )
        }
    }

    /// A new training goes on without a patient that cannot be used, a resumed one does not.
    private func fail(
        _ name: String, _ error: CollaGANError, _ failed: inout [String: String]
    ) throws(CollaGANError) {
        guard !resumes else { throw TrainingCohort.lost(name, error.message) }
        failed[name] = error.message
        console.error("\(name): \(error.message)")
    }
}
