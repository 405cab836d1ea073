import Foundation
import Metrics
import Records
import Reports

/// Mean scores of an evaluation per contrast and method, for the end of a run on the command line.
package struct ScoreSummary: Sendable {
    private static let metrics = Metric.shown(in: .summaries)

    /// By contrast and method.
    private var means: [String: [ScoreRow.Method: MeanTable]] = [:]
    /// Contrast → contrasts whose copy was the best of some patient.
    private var copied: [String: Set<String>] = [:]
    private let order: [String]

    init(order: [String]) {
        self.order = order
    }

    /// Whether no contrast was scored.
    package var isEmpty: Bool { means.isEmpty }

    /// Adds a patient's scores.
    mutating func add(_ record: PatientRecord) {
        for (contrast, entry) in record.contrasts {
            for row in entry.rows { means[contrast, default: [:]][row.method, default: MeanTable()].add(row.scores) }
            if let best = entry.baselines?.bestCopy { copied[contrast, default: []].insert(best) }
        }
    }

    /// A table for people: one line per contrast and method.
    package func text() -> String {
        var lines = [["contrast", "method"] + Self.metrics.map(\.title)]
        for contrast in order {
            for method in ScoreRow.Method.allCases {
                guard let means = means[contrast]?[method] else { continue }
                let numbers = Self.metrics.map { metric in
                    means[metric].map { String(format: "%.\(metric.decimals)f", $0) } ?? ReportNumber.none
                }
                lines.append([contrast, title(of: method, contrast)] + numbers)
            }
        }
        return TextTable(lines, namedColumns: 2, leastWidths: [8, 12, 6, 6, 4]).text()
    }

    private func title(of method: ScoreRow.Method, _ contrast: String) -> String {
        switch method {
        case .network: "network"
        case .regression: "regression"
        case .copy: copyTitle(contrast)
        case .zeroFill: "zero fill"
        }
    }

    /// "copy of T2" where the best copy is of one contrast for all patients.
    private func copyTitle(_ contrast: String) -> String {
        guard let names = copied[contrast], names.count == 1, let name = names.first else { return "best copy" }
        return "copy of \(name)"
    }
}
