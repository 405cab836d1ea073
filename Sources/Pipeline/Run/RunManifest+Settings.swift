import Files
import Patients
import Records
import Tensors

extension RunManifest {
    /// Of a run that begins.
    init(
        _ settings: RunSettings, _ model: ModelFile, _ patients: [Patient], cohort: [String], part: PartIdentity?
    ) {
        self.init(
            command: settings.mode.rawValue, input: settings.patients, output: settings.output,
            model: ModelRecord(model), patients: patients.map(Entry.init))
        computed = .current(settings.precision)
        self.part = part.map {
            PartRecord(
                $0, cohort: cohort, contrasts: model.description.contrasts,
                subsets: settings.mode == .evaluate && settings.evaluatesSubsets)
        }
    }
}

extension OutputFolder {
    /// The folder of a run, or of the part that it is.
    /// - Throws: as `init`, and `CollaGANError.Code.badConfiguration` if it holds results that do not mix with the run's.
    init(_ settings: RunSettings, part: PartIdentity?, on disk: Disk, _ console: Console) throws(CollaGANError) {
        func refuseOthers(in path: String) throws(CollaGANError) {
            try Self.refuseOthers(
                in: path, than: settings.mode.rawValue, part: part, overwrites: settings.overwrites)
        }
        // Before anything is written, and again once nobody else writes.
        try refuseOthers(in: FilePath.absolute(settings.output))
        try self.init(settings.output, part: part, on: disk, waiting: settings.waiting) {
            console.info("waiting: \($0)")
        }
        do throws(CollaGANError) {
            try refuseOthers(in: path)
        } catch {
            release()
            throw error
        }
    }
}
