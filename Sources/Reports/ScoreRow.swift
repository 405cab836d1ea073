import Metrics
import Records

/// Scores of one way to fill in a contrast: the network or a baseline.
package struct ScoreRow: Sendable {
    /// The ways a contrast can be filled in (method.md §6).
    package enum Method: String, Sendable, CaseIterable {
        /// The network.
        case network
        /// Voxelwise quadratic regression from the other contrasts.
        case regression
        /// The available contrast that scores best when taken as it is.
        case copy
        /// An image of zeros.
        case zeroFill
    }

    package let method: Method
    /// For `copy`: the name of the contrast that was copied.
    package let detail: String?
    package let scores: ScoreTable

    package init(_ method: Method, detail: String? = nil, _ scores: ScoreTable) {
        (self.method, self.detail, self.scores) = (method, detail, scores)
    }

    /// What the row is called in tables, e.g. "Copy of T2".
    var title: String {
        switch method {
        case .network: "Network"
        case .regression: "Quadratic regression"
        case .copy: detail.map { "Copy of \($0)" } ?? "Nearest-contrast copy"
        case .zeroFill: "Zero fill"
        }
    }
}

extension ContrastRecord {
    /// Network first, then the baselines; empty where there is no truth to compare with.
    package var rows: [ScoreRow] {
        guard let scores else { return [] }
        let copy = baselines?.bestCopy.flatMap { name in baselines?.copies[name].map { (name, $0) } }
        return [
            ScoreRow(.network, scores.table), baselines?.regression.map { ScoreRow(.regression, $0.table) },
            copy.map { ScoreRow(.copy, detail: $0, $1.table) },
            (baselines?.zeroFill).map { ScoreRow(.zeroFill, $0.table) },
        ].compactMap { $0 }
    }
}
