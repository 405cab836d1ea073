import CollaGAN
import Foundation

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
        func number(_ value: Double?, _ format: String) -> String { value.map { String(format: format, $0) } ?? "–" }
        let rows = contrasts.compactMap { name -> [String]? in
            guard let score = scores[name] else { return nil }
            return [
                name, number(score.nmse, "%.4f"), number(score.ssim, "%.3f"), number(score.psnr, "%.1f"),
                number(regression?[name]?.nmse, "%.4f"), number(regression?[name]?.ssim, "%.3f"),
            ]
        }
        return TextTable(
            [["validation", "NMSE", "SSIM", "PSNR", "regression NMSE", "SSIM"]] + rows, namedColumns: 1
        ).text()
    }
}
