import Patients

extension RunManifest.Entry {
    /// A patient that has not been begun.
    init(_ patient: Patient) {
        let folder = ResultNames(patient).folder
        self.init(name: patient.name, folder: folder == patient.name ? nil : folder, status: .pending)
    }

    /// Where the patient's results lie, relative to the folder of results.
    var place: String { folder ?? name }
}
