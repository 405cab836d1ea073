import ElementaryFunctions
import Foundation

/// A score of the heat maps: how it is read off, printed and coloured.
struct SubsetMeasure {
    /// E.g. "NMSE inside the lesions".
    let title: String
    /// Whether less is better.
    let isError: Bool
    let value: (ScoreRow) -> Double?
    let gain: (InputGain) -> (mean: Double?, leaveOneOut: Double?)

    /// The measures for which there is any number.
    static func all(_ targets: [SubsetTarget]) -> [SubsetMeasure] {
        [
            SubsetMeasure(title: "NMSE", isError: true, value: { $0.whole.nmse }) {
                ($0.whole.mean.nmse, $0.whole.leaveOneOut.nmse)
            },
            SubsetMeasure(title: "SSIM", isError: false, value: { $0.whole.ssim }) {
                ($0.whole.mean.ssim, $0.whole.leaveOneOut.ssim)
            },
            SubsetMeasure(title: "NMSE inside the lesions", isError: true, value: { $0.lesion?.nmse }) {
                ($0.lesion?.mean.nmse, $0.lesion?.leaveOneOut.nmse)
            },
        ].filter { measure in
            targets.contains { $0.rows.contains { $0.network.flatMap(measure.value) != nil } }
        }
    }

    func text(_ value: Double?) -> String { isError ? ReportNumber.error(value) : ReportNumber.ssim(value) }

    /// How much worse than with all inputs: the binary logarithm of an error's ratio, or what the likeness lacks. nil where there is
    /// nothing to compare.
    func loss(_ row: SubsetRow) -> Double? {
        guard let own = row.network.flatMap(value), let all = row.allInputs.flatMap(value) else { return nil }
        let loss = isError ? Elementary.log2(own / all) : all - own
        return loss.isFinite ? loss : nil
    }

    /// The mean gain in the unit of its colour: an error's as a share of the error from all inputs, so that contrasts that are hard and
    /// contrasts that are easy to synthesise can be compared.
    func colour(_ gain: InputGain, _ target: SubsetTarget) -> Double? {
        guard let mean = self.gain(gain).mean else { return nil }
        guard isError else { return mean }
        let all = target.rows.max { $0.inputs.count < $1.inputs.count }?.allInputs.flatMap(value)
        let share = mean / (all ?? .nan)
        return share.isFinite ? share : nil
    }
}
