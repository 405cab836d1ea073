import ElementaryFunctions
import Metrics
import Records

/// A score of the heat maps: how it is read off, printed and coloured.
struct SubsetMeasure {
    let metric: Metric
    let region: Region

    /// The measures for which there is any number.
    static func all(_ targets: [SubsetTarget]) -> [SubsetMeasure] {
        let whole = Metric.shown(in: .charts).map { SubsetMeasure(metric: $0, region: .whole) }
        return (whole + [SubsetMeasure(metric: .nmse, region: .lesion)]).filter { measure in
            targets.contains { $0.rows.contains { measure.value($0.scores) != nil } }
        }
    }

    /// E.g. "NMSE inside the lesions".
    var title: String { region == .whole ? metric.title : "\(metric.title) \(region.title?.lowercasedFirst ?? "")" }

    func value(_ means: MeanTable) -> Double? { means[metric, region] }

    func text(_ means: MeanTable) -> String { metric.text(value(means)) }

    /// How much worse than with all inputs: the binary logarithm of an error's ratio, or what the likeness lacks. nil
    /// where there is nothing to compare.
    func loss(_ row: SubsetMeans) -> Double? {
        guard let own = value(row.scores), let all = value(row.allInputs) else { return nil }
        let loss = metric.lessIsBetter ? Elementary.log2(own / all) : all - own
        return loss.isFinite ? loss : nil
    }

    /// The mean gain in the unit of its colour: an error's as a share of the error from all inputs, so that contrasts
    /// that are hard and contrasts that are easy to synthesise can be compared.
    func colour(_ gain: ImportanceMeans, _ target: SubsetTarget) -> Double? {
        guard let mean = value(gain.meanGain) else { return nil }
        guard metric.lessIsBetter else { return mean }
        let share = mean / (target.fullest.flatMap { value($0.allInputs) } ?? .nan)
        return share.isFinite ? share : nil
    }
}
