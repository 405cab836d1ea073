/// The files of a patient that a command reads, listed once: headers, hashes and voxels are those of this list.
package struct PatientInputs: Sendable {
    /// One file and what it is.
    package struct File: Sendable {
        /// A contrast's name, `brainmask` or `lesion`.
        package let role: String
        package let path: String
    }

    package let patient: Patient
    /// One per contrast of the model.
    package let contrasts: [File?]
    package let brainMask: File?
    package let lesion: File?

    /// - Parameters:
    ///   - contrastNames: the model's.
    ///   - usesMask: false leaves a brain mask out.
    ///   - usesLesion: false leaves a segmentation out.
    package init(_ patient: Patient, contrastNames: [String], usesMask: Bool, usesLesion: Bool) {
        self.patient = patient
        contrasts = zip(contrastNames, patient.contrasts).map { name, path in
            path.map { File(role: name, path: $0) }
        }
        brainMask = usesMask ? patient.brainMask.map { File(role: "brainmask", path: $0) } : nil
        lesion = usesLesion ? patient.lesion.map { File(role: "lesion", path: $0) } : nil
    }

    /// All files: contrasts in the model's order, brain mask, lesion.
    package var files: [File] { (contrasts + [brainMask, lesion]).compactMap(\.self) }

    /// The contrasts alone, for a look at what is there.
    package var contrastsOnly: PatientInputs { PatientInputs(patient, contrasts, brainMask: nil, lesion: nil) }

    /// Without all contrasts but some.
    package func only(_ kept: [Int]) -> PatientInputs {
        let contrasts = self.contrasts.enumerated().map { kept.contains($0.offset) ? $0.element : nil }
        return PatientInputs(patient, contrasts, brainMask: brainMask, lesion: lesion)
    }

    private init(_ patient: Patient, _ contrasts: [File?], brainMask: File?, lesion: File?) {
        self.patient = patient
        self.contrasts = contrasts
        self.brainMask = brainMask
        self.lesion = lesion
    }
}
