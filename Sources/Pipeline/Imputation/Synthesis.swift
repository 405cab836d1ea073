import CollaGAN
import Files
import Preprocessing

/// What the network makes of one task: the only step of a run that computes for long.
struct Synthesis: Sendable {
    /// The synthesised contrast, laid out as the task's slices.
    let image: [Float]
    /// Every input made again from the others and `image` (method.md §7), by index; empty for a subset.
    let selfCheck: [Int: [Float]]

    /// How often a task's slices go through the network: for its contrast, and for every input once more in the self-check.
    static func passes(_ task: TargetTask) -> Int { task.isSubset ? 1 : task.inputs.count + 1 }

    /// - Parameter progress: called with the fraction done, 0 ... 1, of all passes.
    /// - Throws: `CollaGANError.Code.badModel`.
    init(_ task: TargetTask, _ imputer: Imputer, progress: @escaping (Double) -> Void) throws(CollaGANError) {
        let passes = Double(Self.passes(task))
        func pass(_ number: Int, target: Int, inputs: [Int], replacing: [Int: [Float]]) throws(CollaGANError)
            -> [Float]
        {
            try imputer.image(task.prepared, target: target, inputs: inputs, replacing: replacing) {
                progress((Double(number) + $0) / passes)
            }
        }
        let image = try pass(0, target: task.target, inputs: task.inputs, replacing: [:])
        var selfCheck: [Int: [Float]] = [:]
        for (number, contrast) in task.inputs.enumerated() where !task.isSubset {
            let inputs = imputer.model.description.selfCheckInputs(
                imputed: task.target, task.inputs.filter { $0 != contrast })
            selfCheck[contrast] = try pass(
                number + 1, target: contrast, inputs: inputs, replacing: [task.target: image])
        }
        self.image = image
        self.selfCheck = selfCheck
    }
}

extension Imputer {
    /// `imputeCovered` to its end, with errors as this module has them.
    /// - Parameter progress: called with the fraction done, 0 ... 1.
    /// - Throws: `CollaGANError.Code.badModel`.
    func image(
        _ prepared: PreparedPatient, target: Int, inputs: [Int], replacing: [Int: [Float]] = [:],
        progress: @escaping (Double) -> Void
    ) throws(CollaGANError) -> [Float] {
        do {
            let image = try imputeCovered(
                prepared.stack, spacing: prepared.sliceSpacing, target: target, inputs: inputs, replacing: replacing
            ) {
                progress($0)
                return true
            }
            guard let image else { throw CollaGANError(.badModel, path: "", "the network was stopped") }
            return image
        } catch let error as CollaGANError {
            throw error
        } catch {
            throw CollaGANError(.badModel, path: "", "\(error)")
        }
    }
}
