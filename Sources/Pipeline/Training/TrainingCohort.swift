import CollaGAN
import Files
import Patients

/// The patients found for a training, dealt out before any of their files is opened: by the rule, or as a split says that was made before.
struct TrainingCohort {
    /// Patients that can be used, with subject and part.
    let patients: [(patient: Patient, subject: String, part: Split.Part)]
    /// Patients that their file names alone show to be unusable, with the reason.
    let failed: [String: String]
    /// Patients that were left out when the training began that is resumed now, with the reason: it goes on without them.
    let leftOut: [String: String]

    private let rule: SplitRule
    private let seed: UInt64
    /// The YAML file.
    private let path: String
    /// The split to go by and its file: that of the training that is resumed, or of another one.
    private let given: (split: Split, file: String)?
    private let resumes: Bool

    /// - Parameters:
    ///   - found: all patients, by name.
    ///   - path: the YAML file, for messages.
    ///   - resumed: `split.json` of the training that is to be resumed; nil for a new one.
    /// - Throws: `CollaGANError.Code.badConfiguration` if the split does not fit the patients or leaves a part that is of
    ///   no use, or `inputsOnly` of a new training names nobody;
    ///   `.unusablePatient` if a resumed training has lost a patient.
    init(
        _ found: [Patient], _ definition: TrainingDefinition, path: String, resuming resumed: String?
    ) throws(CollaGANError) {
        self.path = path
        resumes = resumed != nil
        if !resumes { try Self.refuseUnknown(definition.configuration.sampling, found.map(\.name), path) }
        given = try Self.given(definition, path, resumed)
        rule = given?.split.rule ?? definition.split
        seed = given?.split.seed ?? definition.configuration.seed
        let without = resumes ? given?.split.leftOut ?? [:] : [:]
        leftOut = without
        let present = found.filter { without[$0.name] == nil }
        let usable = present.filter { $0.problem == nil }
        failed = Dictionary(
            uniqueKeysWithValues: present.compactMap { patient in patient.problem.map { (patient.name, $0.message) } })
        if let (split, file) = given {
            let members = Dictionary(uniqueKeysWithValues: split.patients.map { ($0.name, $0) })
            if resumes,
                let (name, reason) = failed.sorted(by: { $0.key < $1.key }).first(where: { members[$0.key] != nil })
            {
                throw Self.lost(name, reason)
            }
            try split.refuseMisfit(
                usable.map { Split.Member(name: $0.name, subject: "", part: .training, files: [:]) }, exactly: false,
                file)
            patients = usable.map { patient in
                let member = members[patient.name]
                return (patient, member?.subject ?? patient.name, member?.part ?? .training)
            }
        } else {
            let subjects = try rule.subjects(of: usable, path)
            let parts = try rule.assign(zip(usable, subjects).map { ($0.name, $1) }, seed: seed, path: path)
            patients = zip(usable, zip(subjects, parts)).map { ($0, $1.0, $1.1) }
        }
        for part in [Split.Part.training, .validation] {
            let members = patients.filter { $0.part == part }
            guard part == .validation && members.isEmpty || members.contains(where: { $0.patient.available.count > 1 })
            else {
                throw CollaGANError(
                    .badConfiguration, path: path,
                    "no \(part.rawValue) patient has two of the contrasts \(definition.configuration.contrasts.joined(separator: ", ")), so there is nothing to learn; add files or name them with --pattern"
                )
            }
        }
    }

    /// The split with the contents of all files; checked, not written.
    ///
    /// - Parameter hashes: by patient's name; patients whose files cannot be read have none.
    /// - Throws: `CollaGANError.Code.badConfiguration` if an image is found in two parts, or a split that was made before does not fit.
    func split(_ hashes: [String: InputHashes]) throws(CollaGANError) -> Split {
        let members = patients.map { entry in
            let files = hashes[entry.patient.name]?.files ?? []
            return Split.Member(
                name: entry.patient.name, subject: entry.subject, part: entry.part,
                files: Dictionary(uniqueKeysWithValues: files.map { ($0.file.role, $0.sha256) }))
        }
        let made = Split(rule: rule, seed: seed, patients: members)
        try made.refuseCopies(given?.file ?? path)
        guard let given else { return made }
        try given.split.refuseMisfit(members, exactly: resumes, given.file)
        return resumes ? given.split : made
    }

    /// A patient without whom a resumed training would not be the same.
    static func lost(_ name: String, _ reason: String) -> CollaGANError {
        CollaGANError(
            .unusablePatient, path: name,
            "\(name): the training began with this patient, who cannot be used any more (\(reason)); put the files back as they were and resume, or start anew without the patient with --overwrite"
        )
    }

    private static func refuseUnknown(
        _ sampling: TrainingConfiguration.Sampling, _ known: [String], _ path: String
    ) throws(CollaGANError) {
        guard let name = sampling.inputsOnly.keys.sorted().first(where: { !known.contains($0) }) else { return }
        let hint = Spelling.nearest(to: name, among: known).map { "did you mean \($0)?" } ?? "correct the name"
        throw CollaGANError(
            .badConfiguration, path: path,
            "\(path): 'sampling.inputsOnly' lists \(name), but no patient is called so; \(hint)")
    }

    private static func given(
        _ definition: TrainingDefinition, _ path: String, _ resumed: String?
    ) throws(CollaGANError) -> (Split, String)? {
        var other: (split: Split, file: String)?
        if let file = definition.split.file { other = (try Split(file: file), file) }
        guard let resumed else { return other }
        let recorded = try Split(file: resumed)
        guard recorded.rule == other?.split.rule ?? definition.split,
            recorded.seed == other?.split.seed ?? definition.configuration.seed
        else {
            throw CollaGANError(
                .badConfiguration, path: resumed,
                "\(resumed): was made by another split or seed than \(path) asks for; use the same, or start anew in another --out folder"
            )
        }
        return (recorded, resumed)
    }
}
