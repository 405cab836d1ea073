import Metrics
import NeuralNet

/// Measures on training patients what the check without ground truth gives that CollaGAN's cycle offers (method.md §7):
/// after imputing κ, every available contrast is synthesised again from the others and x̂_κ, and compared with what was
/// acquired.
struct SelfCheckCalibration {
    /// Enough for a median, and minutes at most even for a wide network: this many patients, this many slices of each.
    private static let (mostPatients, slicesPerPatient) = (8, 8)

    /// By imputed contrast, then by checked contrast; nil where there is none.
    private typealias Errors = [[Double?]]

    private let imputer: Imputer

    /// What is usual: for every imputed and every checked contrast, the median over the complete patients of the NMSE
    /// inside the brain.
    ///
    /// - Parameters:
    ///   - model: nil where this rank could not read it.
    ///   - ranks: share the patients.
    /// - Returns: empty if no patient has all contrasts; nil if cancelled, on any rank.
    static func reference(
        of model: CollaGANModel?, _ patients: [TrainingPatient], _ ranks: RankGroup?, isCancelled: () -> Bool
    ) throws(ModelError) -> [ModelDescription.SelfCheckReference]? {
        let chosen = spread(patients.filter { $0.present.count == $0.contrasts.count }, mostPatients)
        let contrasts = patients.first?.contrasts.indices ?? 0..<0
        let none = Errors(repeating: Array(repeating: nil, count: contrasts.count), count: contrasts.count)
        let errors = try PatientShares(ranks).map(chosen.count, wordsEach: contrasts.count * contrasts.count) {
            index throws(ModelError) -> [UInt64]? in
            guard let model else { throw unreadable }
            let check = SelfCheckCalibration(imputer: Imputer(model))
            let errors = try check.errors(chosen[index], none, isCancelled: isCancelled)
            return errors?.joined().map { $0?.bitPattern ?? .max }
        }
        guard let errors else { return nil }
        var reference: [ModelDescription.SelfCheckReference] = []
        for target in contrasts {
            for contrast in contrasts {
                let values = errors.map { $0[target * contrasts.count + contrast] }.filter { $0 != .max }
                    .map(Double.init(bitPattern:)).sorted()
                guard !values.isEmpty else { continue }
                reference.append(
                    ModelDescription.SelfCheckReference(
                        target: target, contrast: contrast, nmse: values[values.count / 2]))
            }
        }
        return reference
    }

    private static let unreadable = ModelError(
        .missing, "",
        "\(Trainer.bestName) cannot be read on a rank; give an --out folder that all see, and go on with --resume")

    private func errors(
        _ patient: TrainingPatient, _ none: Errors, isCancelled: () -> Bool
    ) throws(ModelError) -> Errors? {
        var errors = none
        let filled = patient.brainPixels.indices.filter { patient.brainPixels[$0] > 0 }
        let stack = try patient.slices(spread(filled, Self.slicesPerPatient))
        for target in errors.indices {
            guard let imputed = try imputer.impute(stack, target: target) else { continue }
            for contrast in errors.indices where contrast != target {
                guard !isCancelled() else { return nil }
                let others = stack.images.indices.filter { $0 != contrast && $0 != target && stack.images[$0] != nil }
                let inputs = imputer.model.description.selfCheckInputs(imputed: target, others)
                guard
                    let again = try imputer.impute(
                        stack, target: contrast, inputs: inputs, replacing: [target: imputed]),
                    let truth = stack.images[contrast]
                else { continue }
                errors[target][contrast] = ImageMetrics.nmse(truth: truth, imputed: again, where: stack.brain)
            }
        }
        return errors
    }
}

/// At most `count` elements, evenly spread.
func spread<T>(_ elements: [T], _ count: Int) -> [T] {
    guard elements.count > count else { return elements }
    return (0..<count).map { elements[(2 * $0 + 1) * elements.count / (2 * count)] }
}
