/// Makes a patient of files that belong together.
struct PatientAssembly {
    let recognizer: ContrastRecognizer

    /// - Parameters:
    ///   - paths: NIfTI files of the patient, in a fixed order.
    ///   - prefix: what file names may repeat of the patient's name.
    func patient(
        name: String, folder: String, paths: [String], prefix: String? = nil, bids: Patient.BIDSName? = nil
    ) -> Patient {
        let recognitions = paths.map { recognizer.recognise(FilePath.name($0), patient: prefix) }
        var byRole: [(role: FileRole, path: String)] = []
        var problem: PipelineError?
        for (path, recognition) in zip(paths, recognitions) {
            switch recognition.role {
            case .contrast, .brainMask, .lesion:
                if let other = byRole.first(where: { $0.role == recognition.role }) {
                    problem = problem ?? ambiguity(recognition.role, other.path, path)
                } else {
                    byRole.append((recognition.role, path))
                }
            case .ownOutput, .unrecognised: break
            }
        }
        let contrasts = recognizer.contrasts.indices.map { index in
            byRole.first { $0.role == .contrast(index) }?.path
        }
        if contrasts.allSatisfy({ $0 == nil }) {
            problem = problem ?? noContrast(folder, recognitions)
        }
        return Patient(
            name: name, folder: folder, contrasts: contrasts,
            brainMask: byRole.first { $0.role == .brainMask }?.path, lesion: byRole.first { $0.role == .lesion }?.path,
            bids: bids, recognitions: recognitions, problem: problem)
    }

    private func ambiguity(_ role: FileRole, _ first: String, _ second: String) -> PipelineError {
        let name = recognizer.name(of: role)
        return PipelineError(
            .ambiguous, path: first,
            "two files for \(name): \(first) and \(second); say which one is meant, e.g."
                + " --pattern \(name)='\(FilePath.name(first))'")
    }

    private func noContrast(_ folder: String, _ recognitions: [Recognition]) -> PipelineError {
        let wanted = recognizer.contrasts.joined(separator: ", ")
        let inputs = recognitions.filter { $0.role != .ownOutput }
        guard !inputs.isEmpty else {
            return PipelineError(
                .noPatient, path: folder,
                "\(folder): holds no NIfTI file; put the patient's \(wanted) there as .nii or .nii.gz")
        }
        let names = inputs.prefix(4).map(\.file).joined(separator: ", ") + (inputs.count > 4 ? ", …" : "")
        return PipelineError(
            .noPatient, path: folder,
            "\(folder): none of its files (\(names)) is recognised as \(wanted); rename them or say which is which,"
                + " e.g. --pattern \(recognizer.contrasts[0])='…'")
    }
}
