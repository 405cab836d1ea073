import CollaGAN
import Foundation
import Preprocessing

/// Brings a training's patients into the cache, one after the other.
struct TrainingPreparation {
    /// What a training works on.
    struct Patients {
        var training: [TrainingPatient] = []
        var validation: [TrainingPatient] = []
        /// Names; not read.
        var test: [String] = []
        /// Patients that could not be used, with the reason.
        var failed: [String: String]
    }

    let cohort: TrainingCohort
    let settings: PreprocessingSettings
    /// The training's folder.
    let folder: String
    /// Folder for prepared patients that other trainings use, too; nil for one inside `folder`.
    let sharedCache: String?
    let resumes: Bool
    let console: Console

    /// Reads every file once for its hash, splits, and prepares who is not in the cache yet.
    ///
    /// - Returns: nil if cancelled; what was prepared stays.
    /// - Throws: `PipelineError` if the split does not stand, a part has no patient that can be used, or the cache cannot be written.
    func patients(isCancelled: () -> Bool) throws(PipelineError) -> Patients? {
        var result = Patients(failed: cohort.failed)
        for (name, reason) in cohort.failed.sorted(by: { $0.key < $1.key }) { console.error("\(name): \(reason)") }
        var hashes: [String: InputHashes] = [:]
        for (index, entry) in cohort.patients.enumerated() {
            if isCancelled() { return nil }
            console.progress("[\(index + 1)/\(cohort.patients.count)] checking the files of \(entry.patient.name)")
            do {
                hashes[entry.patient.name] = try InputHashes(
                    entry.patient, contrastNames: settings.contrasts, usesMask: true, usesLesion: false)
            } catch {
                fail(entry.patient.name, error, &result)
            }
        }
        let split = try cohort.split(hashes, in: folder, resumes: resumes)
        result.test = split.patients.filter { $0.part == .test }.map(\.name)
        let members = Dictionary(uniqueKeysWithValues: split.patients.map { ($0.name, $0) })
        let read = cohort.patients.map(\.patient).compactMap { patient -> CachedPatient? in
            guard let member = members[patient.name], member.part != .test, let hashes = hashes[patient.name] else {
                return nil
            }
            return CachedPatient(patient: patient, member: member, hashes: hashes)
        }
        guard try prepare(read, &result, isCancelled) else { return nil }
        for (part, prepared) in [(Split.Part.training, result.training), (.validation, result.validation)] {
            guard prepared.isEmpty, part == .training || cohort.patients.contains(where: { $0.part == part }) else {
                continue
            }
            let reason = result.failed.sorted { $0.key < $1.key }.first?.value ?? ""
            throw PipelineError(.noPatient, path: folder, "no \(part.rawValue) patient can be used: \(reason)")
        }
        return result
    }

    private struct CachedPatient {
        let patient: Patient
        let member: Split.Member
        let hashes: InputHashes
    }

    /// - Returns: false if cancelled.
    private func prepare(
        _ patients: [CachedPatient], _ result: inout Patients, _ isCancelled: () -> Bool
    ) throws(PipelineError) -> Bool {
        let cache = try SliceCache(sharedCache ?? "\(folder)/cache", settings: settings, isShared: sharedCache != nil)
        let missing = patients.filter { !cache.holds($0.patient, $0.hashes) }.map(\.patient)
        if !missing.isEmpty { announce(CacheEstimate(missing, settings, folder: cache.folder), missing.count, cache) }
        for (index, entry) in patients.enumerated() {
            if isCancelled() { return false }
            console.progress("[\(index + 1)/\(patients.count)] preparing \(entry.patient.name)")
            do throws(PipelineError) {
                let prepared = try cache.patient(entry.patient, subject: entry.member.subject, hashes: entry.hashes)
                if entry.member.part == .training {
                    result.training.append(prepared)
                } else {
                    result.validation.append(prepared)
                }
            } catch {
                guard error.code != .unwritable, error.code != .outputLost else { throw error }
                fail(entry.patient.name, error, &result)
            }
        }
        cache.keepOnly(patients.map { ($0.patient, $0.hashes) })
        return true
    }

    private func announce(_ estimate: CacheEstimate, _ count: Int, _ cache: SliceCache) {
        let size = "about \(CacheEstimate.text(estimate.bytes)) in \(cache.folder)"
        console.info("preparing \(SplitRule.count(count, "patient")) once, \(size)")
        if let free = estimate.free, free < estimate.bytes {
            console.warning(
                "\(cache.folder): only \(CacheEstimate.text(free)) are free; make room or give another folder with --cache"
            )
        }
    }

    private func fail(_ name: String, _ error: PipelineError, _ result: inout Patients) {
        result.failed[name] = error.message
        console.error("\(name): \(error.message)")
    }
}
