import CollaGAN
import Metrics
import Records

/// Finds two inputs whose names were exchanged: with the names exchanged back, the model's regressions explain every input from the others
/// much better.
///
/// misfit(names) = mean over the inputs of NMSE(input, regression of it from all other inputs). Exchanged are the two names for which the misfit
/// falls most, if it falls below `limit` times that of the names as they are. Needs two inputs and the model's regressions for exactly these; which
/// pairs it finds on real patients: docs/reference/warnings.md.
enum SwappedContrasts {
    /// Among 28 real patients with all their sets of two and more contrasts as they should be, no exchange goes below 0.75.
    static let limit = 2.0 / 3

    static func warnings(_ sample: BrainSample, _ description: ModelDescription) -> [ResultWarning] {
        guard let (first, second, ratio) = exchanged(sample.normalised, description) else { return [] }
        let names = description.contrasts
        return [
            ResultWarning(
                .swappedContrasts,
                "\(names[first]) and \(names[second]) look exchanged: with their names exchanged the inputs explain each other"
                    + " better (error \((ratio * 100).rounded() / 100) times that as named); look at the two files and rename"
                    + " them if so")
        ]
    }

    /// The pair of contrasts that fits much better exchanged, with the ratio of the misfits; nil if there is none.
    /// - Parameter values: normalised intensities by contrast, at the same voxels.
    static func exchanged(_ values: [[Float]?], _ description: ModelDescription) -> (Int, Int, ratio: Double)? {
        let available = values.indices.filter { values[$0] != nil }
        let regressions = available.compactMap { target in
            description.regressions.first {
                $0.target == target && $0.inputs == available.filter { $0 != target }
                    && $0.isConsistent(contrastCount: description.contrasts.count)
            }
        }
        guard available.count > 1, regressions.count == available.count, let asNamed = misfit(values, regressions),
            asNamed > 0
        else { return nil }
        var best: (Int, Int, ratio: Double)?
        for (place, first) in available.enumerated() {
            for second in available[(place + 1)...] {
                var exchanged = values
                exchanged.swapAt(first, second)
                guard let ratio = misfit(exchanged, regressions).map({ $0 / asNamed }), ratio < limit,
                    looksExchanged(first, second, values, description)
                else { continue }
                if ratio < best?.ratio ?? .infinity { best = (first, second, ratio) }
            }
        }
        return best
    }

    /// Regressions of other scanners mislead; false where the two images look more like their own names.
    private static func looksExchanged(
        _ first: Int, _ second: Int, _ values: [[Float]?], _ description: ModelDescription
    ) -> Bool {
        guard let one = values[first], let other = values[second],
            let gain = ContrastLook.gain(
                exchanging: (description.contrasts[first], one), (description.contrasts[second], other))
        else { return true }
        return gain > 0
    }

    private static func misfit(_ values: [[Float]?], _ regressions: [QuadraticRegression]) -> Double? {
        var sum = 0.0
        for regression in regressions {
            guard let truth = values[regression.target] else { return nil }
            let predicted = regression.predict(values, brain: truth.map { _ in true })
            sum += ImageMetrics.nmse(truth: truth, imputed: predicted)
        }
        return sum.isFinite ? sum / Double(regressions.count) : nil
    }
}
