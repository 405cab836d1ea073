import CollaGAN
import Files
import Patients
import Preprocessing
import Records
import Volumes

/// What a user must know about a patient's inputs, whatever is made of them.
enum InputWarnings {
    /// - Parameter truth: the contrast that `prepared` does not know of, in `evaluate`.
    static func all(
        of prepared: PreparedPatient, _ headers: PatientHeaders, _ hashes: InputHashes,
        for description: ModelDescription, truth: (target: Int, image: TargetTask.Truth)? = nil
    ) -> [ResultWarning] {
        let sample = BrainSample(prepared, truth: truth)
        return leftOut(headers) + headers.doubts.map { ResultWarning(.doubtfulHeader, $0) } + identical(hashes)
            + headers.findings.map(ResultWarning.init) + resampled(headers, description)
            + OddIntensities.warnings(headers, sample, description)
            + ContrastLook.warnings(headers, sample, description)
            + SwappedContrasts.warnings(sample, description)
    }

    /// Files that the user may have meant for a contrast, and names that sidecars contradict.
    private static func leftOut(_ headers: PatientHeaders) -> [ResultWarning] {
        headers.patient.remarks.map { remark in
            switch remark.kind {
            case .leftOut: ResultWarning(.leftOutFile, remark.text)
            case .contradictingSidecar: ResultWarning(.contradictingSidecar, remark.text)
            }
        }
    }

    /// One and the same image under two names.
    private static func identical(_ hashes: InputHashes) -> [ResultWarning] {
        hashes.files.indices.flatMap { first in
            hashes.files.indices.filter { $0 > first && hashes.files[$0].sha256 == hashes.files[first].sha256 }.map {
                let one = hashes.files[first].file
                let other = hashes.files[$0].file
                return ResultWarning(
                    .identicalInputs,
                    "\(FilePath.name(one.path)) and \(FilePath.name(other.path)) hold the same bytes, so \(one.role) or"
                        + " \(other.role) is not what its name says; give the right file or leave one out")
            }
        }
    }

    /// Contrasts that do not lie on the reference contrast's grid.
    private static func resampled(_ headers: PatientHeaders, _ description: ModelDescription) -> [ResultWarning] {
        let there = headers.contrasts.indices.compactMap { index in headers.contrasts[index].map { (index, $0.grid) } }
        guard let (first, reference) = there.first else { return [] }
        let names = description.contrasts
        return there.dropFirst().filter { !$0.1.reorientedToRAS().isClose(to: reference.reorientedToRAS()) }.map {
            index, _ in
            ResultWarning(
                .resampledGrid,
                "\(names[index]) lies on another grid than \(names[first]) and was resampled (linear), nothing was registered:"
                    + " look in the report whether the two fit")
        }
    }
}
