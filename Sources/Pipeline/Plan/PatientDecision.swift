import Files
import Foundation
import Patients
import Preprocessing
import Records
import Tensors

/// What a run does with a patient, judged before any voxel is read. The run and its plan share it.
enum PatientDecision: Sendable {
    /// There is nothing to do; an earlier result, if it stands for this run's, too.
    case skip(reason: String, EarlierResult?)
    /// The patient cannot be used.
    case fail(CollaGANError, EarlierResult?)
    case work(PatientWork)
}

/// What an earlier run made of a patient.
struct EarlierResult: Sendable {
    let record: any ResultRecord
    /// Whether it is known that this run would make something else: inputs, model or settings differ, or files are damaged. What is not
    /// outdated stays where a patient fails: a disk that is away for a night, or too little memory, cost nothing that was complete.
    var isOutdated: Bool
}

extension CollaGANError {
    /// What is said of a patient that fails.
    /// - Parameter isOutdated: of an earlier result; nil where there is none.
    func reason(earlierIsOutdated isOutdated: Bool?) -> String {
        guard let isOutdated else { return message }
        return message
            + " (the \(isOutdated ? "outdated result of an earlier run is removed" : "result of an earlier run is kept"))"
    }
}

/// What is to be made for a patient.
struct PatientWork: Sendable {
    /// Indices of the contrasts to synthesise, or to write, in the model's order.
    let targets: [Int]
    /// Whether every subset of the inputs is evaluated, too.
    let hasSubsets: Bool
    let inputs: PatientInputs
    let grids: PatientGrids
    let hashes: InputHashes
    let copies: PatientCopies
    /// By which a later run knows that inputs, model and settings are the same.
    let fingerprint: String
    /// Of an earlier result that will be replaced.
    let earlier: EarlierResult?
    /// Why there is something to do, half a sentence for people.
    let reason: String
}
