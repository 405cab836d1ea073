import Foundation

/// Mean scores of an evaluation per contrast and method, for the end of a run on the command line.
package struct ScoreSummary: Sendable {
    private static let methods = ["network", "regression", "best copy", "zero fill"]
    private static let metrics = ["nmse", "ssim", "psnr"]

    /// contrast → method → metric → values of the patients, in their order.
    private var values: [String: [String: [String: [Double]]]] = [:]
    /// Contrast → contrasts whose copy was the best of some patient.
    private var copied: [String: Set<String>] = [:]
    private let order: [String]

    init(order: [String]) {
        self.order = order
    }

    /// Whether no contrast was scored.
    package var isEmpty: Bool { values.isEmpty }

    /// Adds a patient's scores; finite numbers only.
    mutating func add(_ record: PatientRecord) {
        for (contrast, entry) in record.contrasts {
            guard let scores = entry.scores else { continue }
            let baselines = entry.baselines
            if let best = baselines?.bestCopy { copied[contrast, default: []].insert(best) }
            let tables = [
                scores.table, baselines?.regression, baselines?.bestCopy.flatMap { baselines?.copies[$0] },
                baselines?.zeroFill,
            ]
            for (method, table) in zip(Self.methods, tables) {
                for metric in Self.metrics {
                    guard let value = table?[metric], value.isFinite else { continue }
                    values[contrast, default: [:]][method, default: [:]][metric, default: []].append(value)
                }
            }
        }
    }

    /// A table for people: one line per contrast and method.
    package func text() -> String {
        var lines = [["contrast", "method", "NMSE", "SSIM", "PSNR"]]
        for contrast in order {
            guard let methods = values[contrast] else { continue }
            for method in Self.methods {
                guard let numbers = methods[method] else { continue }
                let means = zip(Self.metrics, ["%.4f", "%.3f", "%.1f"]).map { metric, format -> String in
                    guard let list = numbers[metric], !list.isEmpty else { return "–" }
                    return String(format: format, list.reduce(0, +) / Double(list.count))
                }
                lines.append([contrast, method == "best copy" ? copyTitle(contrast) : method] + means)
            }
        }
        return TextTable(lines, namedColumns: 2, leastWidths: [8, 12, 6, 6, 4]).text()
    }

    /// "copy of T2" where the best copy is of one contrast for all patients.
    private func copyTitle(_ contrast: String) -> String {
        guard let names = copied[contrast], names.count == 1, let name = names.first else { return "best copy" }
        return "copy of \(name)"
    }
}
