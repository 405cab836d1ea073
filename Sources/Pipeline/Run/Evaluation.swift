import CollaGAN
import Metrics
import Preprocessing
import Volumes

/// Scores a synthesised contrast against the truth, next to the baselines of METHOD §6, on the truth's own grid.
enum Evaluation {
    /// - Parameters:
    ///   - imputed: as read back from the written file, divided by its scale.
    static func scores(
        _ imputed: Volume, _ task: TargetTask, _ truth: TargetTask.Truth
    ) throws(PipelineError) -> Scores {
        try Metrics.compare(truth: truth.normalised, imputed: imputed, brain: truth.brain, lesion: truth.lesion)
    }

    /// Zero fill, best copy and quadratic regression from what the network saw.
    static func baselines(
        _ task: TargetTask, _ truth: TargetTask.Truth, _ description: ModelDescription
    ) throws(PipelineError) -> BaselineRecord {
        let grid = truth.normalised.grid
        let contrasts = description.contrasts
        let available = contrasts.indices.filter { task.prepared.stack.images[$0] != nil }
        let images = contrasts.indices.map { task.prepared.normalised($0)?.placed(on: grid) }
        do throws(MetricsError) {
            let copies = try Baselines.nearestContrast(
                truth: truth.normalised,
                candidates: available.compactMap { index in images[index].map { (contrasts[index], $0) } },
                brain: truth.brain, lesion: truth.lesion)
            let zeros = try Baselines.zeroFill(truth: truth.normalised, brain: truth.brain, lesion: truth.lesion)
            var record = BaselineRecord(
                zeroFill: zeros.table, copies: [:], bestCopy: copies?.best, regression: nil, regressionNote: nil)
            for copy in copies?.scores ?? [] { record.copies[copy.contrast] = copy.scores.table }
            let fitting = description.regressions.first {
                $0.target == task.target && $0.inputs == available && $0.isConsistent(contrastCount: contrasts.count)
            }
            if let fitting {
                let brain = task.prepared.brain.placed(on: grid).voxels.map { $0 >= 0.5 }
                let predicted = fitting.predict(images.map { $0?.voxels }, brain: brain)
                record.regression = try Metrics.score(
                    truth: truth.normalised, imputed: Volume(grid: grid, voxels: predicted), brain: truth.brain,
                    lesion: truth.lesion
                ).table
            } else {
                let names = available.map { contrasts[$0] }.joined(separator: ", ")
                record.regressionNote =
                    "the model holds no regression of \(contrasts[task.target]) from exactly \(names)"
            }
            return record
        } catch {
            throw PipelineError(.unusablePatient, path: "", error.message)
        }
    }
}
