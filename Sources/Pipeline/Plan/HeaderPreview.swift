import Preprocessing
import Volumes

/// Looks ahead at a patient's headers: what they alone show to be wrong, in the words of the run.
struct HeaderPreview {
    let mode: RunSettings.Mode
    let usesMasks: Bool
    let preprocessor: Preprocessor

    /// Why the patient will fail; nil if nothing in its headers says so. Voxels are not read.
    func problem(_ patient: Patient, _ work: PatientWork) -> PipelineError? {
        do throws(PipelineError) {
            let contrasts = try patient.contrasts.map(read)
            let mask = usesMasks ? try read(patient.brainMask) : nil
            if mode == .evaluate { _ = try read(patient.lesion) }
            try check(contrasts, mask, work)
            return nil
        } catch {
            return error
        }
    }

    private func check(_ contrasts: [PlacedGrid?], _ mask: PlacedGrid?, _ work: PatientWork) throws(PipelineError) {
        guard mode == .evaluate else {
            _ = try reference(contrasts, mask)
            return
        }
        for target in work.targets {
            guard let truth = contrasts[target] else { continue }
            _ = try reference(contrasts.indices.map { $0 == target ? truth : nil }, mask)
            let others = contrasts.indices.map { $0 == target ? nil : contrasts[$0] }
            guard let reference = try reference(others, mask), !truth.grid.overlaps(reference.grid) else { continue }
            throw .apart(truth.path, reference.path)
        }
    }

    private func reference(_ contrasts: [PlacedGrid?], _ mask: PlacedGrid?) throws(PipelineError) -> PlacedGrid? {
        do {
            return try preprocessor.checkGrids(contrasts, brainMask: mask)
        } catch {
            throw PipelineError(.unusablePatient, path: error.path, error.message)
        }
    }

    private func read(_ path: String?) throws(PipelineError) -> PlacedGrid? {
        guard let path else { return nil }
        do {
            return PlacedGrid(try NIfTIFile.readHeader(path).grid, path: path)
        } catch {
            throw PipelineError(.unusablePatient, path: path, error.message)
        }
    }
}

extension PipelineError {
    /// A hidden contrast and what it would be imputed from lie apart.
    static func apart(_ path: String, _ other: String) -> PipelineError {
        PipelineError(
            .unusablePatient, path: path,
            "\(path) and \(other) do not overlap in space; register them first or correct the headers")
    }
}
