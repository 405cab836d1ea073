import CollaGAN
import Files
import Metrics
import Preprocessing
import Records
import Volumes

/// Scores what was made of a hidden contrast against the truth, next to the baselines of method.md §6, on the truth's
/// own grid.
package struct Evaluation {
    let target: Int
    let truth: TargetTask.Truth
    let description: ModelDescription

    package init(target: Int, truth: TargetTask.Truth, description: ModelDescription) {
        self.target = target
        self.truth = truth
        self.description = description
    }

    private var grid: Grid { truth.normalised.grid }

    /// - Parameter imputed: in metric units, on the truth's grid.
    package func scores(_ imputed: Volume) throws(CollaGANError) -> Scores {
        try ImageMetrics.compare(truth: truth.normalised, imputed: imputed, brain: truth.brain, lesion: truth.lesion)
    }

    /// The challenges' numbers; nil without a lesion mask.
    /// - Parameter written: the imputed volume as it is in the file.
    func challenge(_ written: Volume) throws(CollaGANError) -> ChallengeScores? {
        guard let acquired = truth.acquired, let lesion = truth.lesion else { return nil }
        do {
            return try ChallengeScores(truth: acquired, imputed: written, lesion: lesion)
        } catch {
            throw CollaGANError(.unusablePatient, path: truth.path, "\(truth.path): \(error.message)")
        }
    }

    /// Zero fill, every plain copy and quadratic regression from what the network saw.
    func baselines(_ prepared: PreparedPatient) throws(CollaGANError) -> BaselineRecord {
        let images = images(prepared)
        let zeros = try zeroFill()
        let copies = try copies(images)
        let regression = try regression(prepared, images)
        return BaselineRecord(
            zeroFill: zeros.withoutSlices, copies: copies, bestCopy: best(copies), regression: regression,
            regressionNote: regression == nil ? regressionNote(images) : nil)
    }

    /// What the network made of some of the inputs, next to what these give without it.
    ///
    /// The image takes the way that the one from all inputs takes, but for the file in between, whose datatype rounds.
    /// - Parameters:
    ///   - image: laid out as the task's slices.
    ///   - copies: scores of the plain copies made while `copiesGrid` was the reference grid. They hold here if it
    ///     still is: nothing else of the other inputs can change a copy.
    func subset(
        _ task: TargetTask, _ image: [Float], copies: [String: Scores], on copiesGrid: Grid
    ) throws(CollaGANError) -> SubsetRecord {
        var record = SubsetRecord(inputs: task.inputs.map { description.contrasts[$0] })
        let prepared = task.prepared
        record.scores = try scores(inMetricUnits(prepared.volume(fromImage: image, scale: 1).placed(on: grid)))
            .withoutSlices
        let images = images(prepared)
        var own = copies.filter { record.inputs.contains($0.key) }
        if !prepared.referenceGrid.isClose(to: copiesGrid) { own = try self.copies(images) }
        record.bestCopy = best(own)
        record.copy = record.bestCopy.flatMap { own[$0] }
        record.regression = try regression(prepared, images)
        if record.regression == nil { record.note = regressionNote(images) }
        return record
    }

    /// The inputs, normalised, on the truth's grid; nil for what was not there.
    private func images(_ prepared: PreparedPatient) -> [Volume?] {
        description.contrasts.indices.map { prepared.normalised($0)?.placed(on: grid) }
    }

    /// What stands for the truth in normalised intensities, as the metrics take it.
    private func inMetricUnits(_ normalised: Volume) -> Volume {
        Volume(
            grid: normalised.grid,
            voxels: Normalisation.metrics(normalised.voxels, truth.scale / truth.percentile))
    }

    private func available(_ images: [Volume?]) -> [Int] { images.indices.filter { images[$0] != nil } }

    private func zeroFill() throws(CollaGANError) -> Scores {
        do {
            return try Baselines.zeroFill(truth: truth.normalised, brain: truth.brain, lesion: truth.lesion)
        } catch {
            throw CollaGANError(.unusablePatient, path: "", error.message)
        }
    }

    private func copies(_ images: [Volume?]) throws(CollaGANError) -> [String: Scores] {
        let candidates = zip(description.contrasts, images).compactMap { name, image in
            image.map { (name, inMetricUnits($0)) }
        }
        do {
            let copies = try Baselines.nearestContrast(
                truth: truth.normalised, candidates: candidates, brain: truth.brain, lesion: truth.lesion)
            return (copies?.scores ?? []).reduce(into: [:]) { $0[$1.contrast] = $1.scores.withoutSlices }
        } catch {
            throw CollaGANError(.unusablePatient, path: "", error.message)
        }
    }

    /// The copy with the smallest NMSE, the first one in the model's order where several have it.
    private func best(_ copies: [String: Scores]) -> String? {
        description.contrasts.filter { copies[$0] != nil }
            .min { copies[$0]?[.nmse] ?? .infinity < copies[$1]?[.nmse] ?? .infinity }
    }

    private func regression(
        _ prepared: PreparedPatient, _ images: [Volume?]
    ) throws(CollaGANError) -> Scores? {
        let available = available(images)
        let voxels = images.map { $0?.voxels }
        let brain = prepared.brain.placed(on: grid).voxels.map { $0 >= 0.5 }
        guard var predicted = regression(from: available)?.predict(voxels, brain: brain) else { return nil }
        // As the network's result: where an input has no data, from the others.
        for contrast in available where prepared.stack.holes[contrast] != nil {
            let covered = prepared.brain(coveredBy: contrast).placed(on: grid).voxels
            let hole = zip(brain, covered).map { $0 && $1 < 0.5 }
            guard let others = regression(from: available.filter { $0 != contrast })?.predict(voxels, brain: hole)
            else { continue }
            for voxel in hole.indices where hole[voxel] { predicted[voxel] = others[voxel] }
        }
        return try scores(inMetricUnits(Volume(grid: grid, voxels: predicted))).withoutSlices
    }

    private func regression(from inputs: [Int]) -> QuadraticRegression? {
        description.regressions.first {
            $0.target == target && $0.inputs == inputs
                && $0.isConsistent(contrastCount: description.contrasts.count)
        }
    }

    private func regressionNote(_ images: [Volume?]) -> String {
        let names = available(images).map { description.contrasts[$0] }.joined(separator: ", ")
        return "the model holds no regression of \(description.contrasts[target]) from exactly \(names)"
    }
}
