import CollaGAN
import Files
import Preprocessing
import Tensors

/// Runs the network on what was prepared, timed and shown.
final class NetworkStage {
    private let imputer: Imputer
    private let contrasts: [String]
    private let progress: RunProgress
    /// Height and width of the slices that the network saw last.
    private var lastSides: [Int] = []

    init(_ model: ModelFile, _ precision: Precision, _ progress: RunProgress) {
        imputer = Imputer(model.model, precision: precision)
        (contrasts, self.progress) = (model.description.contrasts, progress)
    }

    /// Takes a step as far as the network takes it.
    func handle(_ step: PreparedStep) -> FinishedStep {
        switch step {
        case .begin(let index): return .begin(index)
        case .skipped(let index, let reason, let record): return .skipped(index, reason, record)
        case .failed(let index, let error, let earlier): return .failed(index, error, earlier)
        case .opened(let patient):
            progress.begin(patient.index, passes: patient.passes)
            return .opened(patient)
        case .complete(let index):
            progress.finish(index)
            return .complete(index)
        case .target(let index, let task):
            makeRoom(for: task.prepared.stack)
            let passes = Synthesis.passes(task)
            return progress.computing(passes: passes) {
                do throws(CollaGANError) {
                    let synthesis = try Synthesis(task, imputer) {
                        self.show($0, index, task.target, from: task.isSubset ? task.inputs : [], passes: passes)
                    }
                    return .target(index, task, synthesis)
                } catch {
                    return .failed(index, error, nil)
                }
            }
        case .refusedSubset(let index, let subset): return .refusedSubset(index, subset)
        }
    }

    /// Gives back the memory of slices of another size, which the next would only in part use.
    private func makeRoom(for stack: SliceStack) {
        let sides = [stack.height, stack.width]
        if !lastSides.isEmpty, sides != lastSides { BufferPool.shared.trim() }
        lastSides = sides
    }

    /// Tells how far the network is with a contrast; the first of several passes makes it, the others check it.
    private func show(_ fraction: Double, _ index: Int, _ target: Int, from inputs: [Int] = [], passes: Int) {
        let origin = inputs.isEmpty ? "" : " from " + inputs.map { contrasts[$0] }.joined(separator: ", ")
        let isCheck = fraction * Double(passes) > 1
        progress.show(
            index, isCheck ? "self-check of \(contrasts[target])" : contrasts[target] + origin, fraction, of: passes)
    }
}
