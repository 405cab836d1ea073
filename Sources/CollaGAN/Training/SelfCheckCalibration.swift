import NeuralNet
import Preprocessing

/// Measures on training patients what the check without ground truth gives that CollaGAN's cycle offers (METHOD §7): after imputing κ,
/// every available contrast is synthesised again from the others and x̂_κ, and compared with what was acquired.
struct SelfCheckCalibration {
    /// Slices of the training patients that the reference is taken from: every so many.
    private static let referenceStep = 4

    private let imputer: Imputer

    init(_ model: CollaGANModel) {
        imputer = Imputer(model)
    }

    /// What is usual: for every imputed and every checked contrast, the median over the complete patients of the NMSE inside the brain.
    ///
    /// - Returns: empty if no patient has all contrasts.
    func reference(_ patients: [TrainingPatient]) throws(ModelError) -> [ModelDescription.SelfCheckReference] {
        let contrasts = imputer.model.description.contrasts.indices
        let complete = patients.map(\.stack).filter { stack in stack.images.allSatisfy { $0 != nil } }
            .map { $0.everySlice(Self.referenceStep) }
        var errors: [[Int]: [Double]] = [:]
        for stack in complete {
            for target in contrasts {
                guard let imputed = try imputer.impute(stack, target: target) else { continue }
                for contrast in contrasts where contrast != target {
                    guard let again = try imputer.impute(stack, target: contrast, replacing: [target: imputed]),
                        let truth = stack.images[contrast]
                    else { continue }
                    errors[[target, contrast], default: []].append(nmse(truth, again, where: stack.brain))
                }
            }
        }
        return errors.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { pair, values in
            ModelDescription.SelfCheckReference(
                target: pair[0], contrast: pair[1], nmse: values.sorted()[values.count / 2])
        }
    }
}

extension SliceStack {
    /// Every `step`-th slice, beginning in the middle of the first `step`.
    fileprivate func everySlice(_ step: Int) -> SliceStack {
        let pixels = height * width
        let kept = Array(stride(from: min(step / 2, slices - 1), to: slices, by: step))
        func part<T>(_ values: [T]) -> [T] { kept.flatMap { values[$0 * pixels..<($0 + 1) * pixels] } }
        return SliceStack(
            contrasts: contrasts, slices: kept.count, height: height, width: width, images: images.map { $0.map(part) },
            brain: part(brain), scales: scales)
    }
}

private func nmse(_ truth: [Float], _ image: [Float], where included: [Bool]) -> Double {
    var (difference, norm) = (0.0, 0.0)
    for index in truth.indices where included[index] {
        let (x, y) = (Double(truth[index]), Double(image[index]))
        difference += (x - y) * (x - y)
        norm += x * x
    }
    return difference / norm
}
