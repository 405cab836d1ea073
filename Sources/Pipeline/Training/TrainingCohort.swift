import CollaGAN

/// The patients found for a training, dealt out by their names before any of their files is opened.
struct TrainingCohort {
    /// Patients that can be used, with the names' verdict on subject and part.
    let patients: [(patient: Patient, subject: String, part: Split.Part)]
    /// Patients that their file names alone show to be unusable, with the reason.
    let failed: [String: String]

    private let definition: TrainingDefinition
    /// The YAML file.
    private let path: String
    /// The split of another training, if one is to be used.
    private let given: Split?

    /// - Parameters:
    ///   - found: all patients, by name.
    ///   - path: the YAML file, for messages.
    /// - Throws: `PipelineError.Code.badConfiguration` if the split does not fit the patients or leaves a part that is of no use.
    init(_ found: [Patient], _ definition: TrainingDefinition, path: String) throws(PipelineError) {
        (self.definition, self.path) = (definition, path)
        let usable = found.filter { $0.problem == nil }
        failed = Dictionary(
            uniqueKeysWithValues: found.compactMap { patient in patient.problem.map { (patient.name, $0.message) } })
        if let file = definition.split.file {
            let split = try Split(file: file)
            let members = Dictionary(uniqueKeysWithValues: split.patients.map { ($0.name, $0) })
            try split.refuseMisfit(
                usable.map { Split.Member(name: $0.name, subject: "", part: .training, files: [:]) }, exactly: false,
                file)
            given = split
            patients = usable.map { patient in
                let member = members[patient.name]
                return (patient, member?.subject ?? patient.name, member?.part ?? .training)
            }
        } else {
            given = nil
            let subjects = try definition.split.subjects(of: usable, path)
            let parts = try definition.split.assign(
                zip(usable, subjects).map { ($0.name, $1) }, seed: definition.configuration.seed, path: path)
            patients = zip(usable, zip(subjects, parts)).map { ($0, $1.0, $1.1) }
        }
        for part in [Split.Part.training, .validation] {
            let members = patients.filter { $0.part == part }
            guard part == .validation && members.isEmpty || members.contains(where: { $0.patient.available.count > 1 })
            else {
                throw PipelineError(
                    .badConfiguration, path: path,
                    "no \(part.rawValue) patient has two of the contrasts \(definition.configuration.contrasts.joined(separator: ", ")), so there is nothing to learn; add files or name them with --pattern"
                )
            }
        }
    }

    /// The split with the contents of all files.
    ///
    /// - Parameters:
    ///   - hashes: by patient's name; patients without are left out.
    ///   - folder: where `split.json` belongs; a training that goes on must find it there, as it was.
    /// - Throws: `PipelineError.Code.badConfiguration` if an image is found in two parts, or the recorded split does not fit;
    ///   `.unwritable`.
    func split(_ hashes: [String: InputHashes], in folder: String, resumes: Bool) throws(PipelineError) -> Split {
        let members = patients.compactMap { entry -> Split.Member? in
            guard let files = hashes[entry.patient.name]?.files else { return nil }
            return Split.Member(
                name: entry.patient.name, subject: entry.subject, part: entry.part,
                files: Dictionary(uniqueKeysWithValues: files.map { ($0.role, $0.sha256) }))
        }
        let made = Split(
            rule: given?.rule ?? definition.split, seed: given?.seed ?? definition.configuration.seed, patients: members
        )
        try made.refuseCopies(definition.split.file ?? path)
        if let given, let file = definition.split.file { try given.refuseMisfit(members, exactly: false, file) }
        let file = "\(folder)/\(Split.fileName)"
        guard resumes else {
            // No checkpoint of another training may outlive its split.
            Trainer.clear(folder)
            try JSONFile.write(made, to: file)
            return made
        }
        let recorded = try Split(file: file)
        guard recorded.rule == made.rule, recorded.seed == made.seed else {
            throw PipelineError(
                .badConfiguration, path: file,
                "\(file): was made by another split or seed than \(path) asks for; use the same, or start anew in another --out folder"
            )
        }
        try recorded.refuseMisfit(members, exactly: true, file)
        return recorded
    }
}
