import CollaGAN
import Metrics
import Preprocessing
import Volumes

/// METHOD §7: compares the available contrasts with what the network makes of them once the imputed one stands in.
enum SelfCheck {
    /// NMSE up to this many times the training patients' is usual: a patient that was not trained on is always somewhat worse.
    static let usualFactor = 2.0

    /// One record per available contrast, and a warning for each that a plain copy would serve better.
    static func compare(
        _ synthesis: Synthesis, _ task: TargetTask, _ description: ModelDescription
    ) throws(PipelineError) -> (records: [String: SelfCheckRecord], warnings: [String]) {
        let stack = task.prepared.stack
        let grid = Grid(
            size: SIMD3(stack.width, stack.height, stack.slices),
            affine: Affine(i: SIMD3(1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: .zero))
        let brain = Volume(grid: grid, voxels: stack.brain.map { $0 ? 1 : 0 })
        var (records, warnings) = ([String: SelfCheckRecord](), [String]())
        for (contrast, remade) in synthesis.selfCheck.sorted(by: { $0.key < $1.key }) {
            guard let truth = stack.images[contrast] else { continue }
            let name = stack.contrasts[contrast]
            let scores = try Metrics.compare(
                truth: Volume(grid: grid, voxels: truth), imputed: Volume(grid: grid, voxels: remade), brain: brain)
            let copies = synthesis.selfCheck.keys.sorted().filter { $0 != contrast }.compactMap { other in
                stack.images[other].map { (name: stack.contrasts[other], nmse: nmse(truth, $0)) }
            }
            let copy = copies.min { $0.nmse < $1.nmse }
            let complete = synthesis.selfCheck.count == description.contrasts.count - 1
            let usual = description.selfCheck.first { $0.target == task.target && $0.contrast == contrast }
            records[name] = SelfCheckRecord(
                scores: scores.table, copyNMSE: copy?.nmse, copyOf: copy?.name,
                usualNMSE: complete ? usual?.nmse : nil)
            if let copy, !(scores.whole.nmse < copy.nmse) {
                warnings.append(
                    "self-check: \(name), made again with the imputed \(stack.contrasts[task.target]), is no better than a"
                        + " copy of \(copy.name) (NMSE \(rounded(scores.whole.nmse)) against \(rounded(copy.nmse)));"
                        + " look for a bad input or a patient unlike those the model was trained on")
            }
        }
        return (records, warnings)
    }

    private static func nmse(_ truth: [Float], _ other: [Float]) -> Double {
        var (error, energy) = (0.0, 0.0)
        for (x, y) in zip(truth, other) {
            let difference = Double(x) - Double(y)
            error += difference * difference
            energy += Double(x) * Double(x)
        }
        return error / energy
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 1e4).rounded() / 1e4
    }
}

extension Metrics {
    /// `score` with errors as this module has them.
    static func compare(
        truth: Volume, imputed: Volume, brain: Volume?, lesion: Volume? = nil
    ) throws(PipelineError) -> Scores {
        do {
            return try score(truth: truth, imputed: imputed, brain: brain, lesion: lesion)
        } catch {
            throw PipelineError(.unusablePatient, path: "", error.message)
        }
    }
}
