import Metrics
import NeuralNet

/// Measures on training patients of which contrast a network of one input makes each other best.
enum SourceCalibration {
    private static let (mostPatients, slicesPerPatient) = (8, 3)

    /// By target, the other contrasts by the mean NMSE inside the brain, smallest first; those that no patient has both
    /// of come last.
    ///
    /// - Parameters:
    ///   - sampling: what of a patient may be imputed, and so is truth.
    ///   - ranks: share the patients.
    /// - Returns: nil if cancelled, on any rank.
    static func sources(
        of model: CollaGANModel, _ patients: [TrainingPatient], _ sampling: TrainingConfiguration.Sampling,
        _ ranks: RankGroup?, isCancelled: () -> Bool
    ) throws(ModelError) -> [[Int]]? {
        let chosen = spread(patients.filter { $0.present.count > 1 }, mostPatients)
        let contrasts = model.description.contrasts.indices
        let imputer = Imputer(model)
        let errors = try PatientShares(ranks).map(chosen.count, wordsEach: contrasts.count * contrasts.count) {
            index throws(ModelError) -> [UInt64]? in
            let patient = chosen[index]
            let filled = patient.brainPixels.indices.filter { patient.brainPixels[$0] > 0 }
            let stack = try patient.slices(spread(filled, slicesPerPatient))
            let targets = try patient.targets(sampling)
            var words: [UInt64] = []
            for target in contrasts {
                for source in contrasts {
                    guard !isCancelled() else { return nil }
                    guard source != target, targets.contains(target), let truth = stack.images[target],
                        stack.images[source] != nil,
                        let image = try imputer.impute(stack, target: target, inputs: [source])
                    else {
                        words.append(.max)
                        continue
                    }
                    words.append(ImageMetrics.nmse(truth: truth, imputed: image, where: stack.brain).bitPattern)
                }
            }
            return words
        }
        guard let errors else { return nil }
        return contrasts.map { target in
            let means = contrasts.map { source in
                let values = errors.map { $0[target * contrasts.count + source] }.filter { $0 != .max }
                    .map(Double.init(bitPattern:)).filter(\.isFinite)
                return values.isEmpty ? .infinity : values.reduce(0, +) / Double(values.count)
            }
            return contrasts.filter { $0 != target }.sorted { (means[$0], $0) < (means[$1], $1) }
        }
    }
}
