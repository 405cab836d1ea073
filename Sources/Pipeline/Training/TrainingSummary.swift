import CollaGAN
import Foundation
import Metrics
import Reports

extension TrainingRun.Result {
    /// For people, at the end: the scores of the validation patients, then where everything lies.
    package var text: String {
        var lines: [String] = []
        if let scores, !scores.isEmpty {
            lines = [table(scores), ""]
        }
        let state = divergence != nil ? "diverged" : failure != nil ? "failed" : finished ? "trained" : "stopped"
        lines.append("\(state) at step \(step): \(model ?? "no model was saved")")
        if let best { lines.append("best on the validation patients: \(best)") }
        if let report { lines.append("report: \(report)") }
        return lines.joined(separator: "\n")
    }

    private func table(_ scores: [String: ValidationScore]) -> String {
        let (own, rival) = (Metric.shown(in: .summaries), Metric.shown(in: .charts))
        func numbers(_ metrics: [Metric], _ score: ValidationScore?) -> [String] {
            metrics.map { metric in
                score?[metric].map { String(format: "%.\(metric.decimals)f", $0) } ?? ReportNumber.none
            }
        }
        let rows = contrasts.compactMap { name in
            scores[name].map { [name] + numbers(own, $0) + numbers(rival, regression?[name]) }
        }
        let titles = rival.enumerated().map { $0 == 0 ? "regression \($1.title)" : $1.title }
        return TextTable([["validation"] + own.map(\.title) + titles] + rows, namedColumns: 1).text()
    }
}
