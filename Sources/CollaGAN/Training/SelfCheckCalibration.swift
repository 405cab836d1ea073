import Metrics
import NeuralNet

/// Measures on training patients what the check without ground truth gives that CollaGAN's cycle offers (method.md §7):
/// after imputing κ, every available contrast is synthesised again from the others and x̂_κ, and compared with what was
/// acquired.
struct SelfCheckCalibration {
    /// Enough for a median, and minutes at most even for a wide network: this many patients, this many slices of each.
    private static let (mostPatients, slicesPerPatient) = (8, 8)

    private let imputer: Imputer

    init(_ model: CollaGANModel) {
        imputer = Imputer(model)
    }

    /// What is usual: for every imputed and every checked contrast, the median over the complete patients of the NMSE
    /// inside the brain.
    ///
    /// - Returns: empty if no patient has all contrasts; nil if cancelled.
    func reference(
        _ patients: [TrainingPatient], isCancelled: () -> Bool
    ) throws(ModelError) -> [ModelDescription.SelfCheckReference]? {
        let contrasts = imputer.model.description.contrasts.indices
        let complete = patients.filter { $0.present.count == $0.contrasts.count }
        var errors: [[Int]: [Double]] = [:]
        for patient in spread(complete, Self.mostPatients) {
            let filled = patient.brainPixels.indices.filter { patient.brainPixels[$0] > 0 }
            let stack = try patient.slices(spread(filled, Self.slicesPerPatient))
            for target in contrasts {
                guard let imputed = try imputer.impute(stack, target: target) else { continue }
                for contrast in contrasts where contrast != target {
                    guard !isCancelled() else { return nil }
                    guard let again = try imputer.impute(stack, target: contrast, replacing: [target: imputed]),
                        let truth = stack.images[contrast]
                    else { continue }
                    errors[[target, contrast], default: []].append(
                        ImageMetrics.nmse(truth: truth, imputed: again, where: stack.brain))
                }
            }
        }
        return errors.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { pair, values in
            ModelDescription.SelfCheckReference(
                target: pair[0], contrast: pair[1], nmse: values.sorted()[values.count / 2])
        }
    }
}

/// At most `count` elements, evenly spread.
func spread<T>(_ elements: [T], _ count: Int) -> [T] {
    guard elements.count > count else { return elements }
    return (0..<count).map { elements[(2 * $0 + 1) * elements.count / (2 * count)] }
}
