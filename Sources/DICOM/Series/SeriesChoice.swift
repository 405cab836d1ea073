/// Which series of a study is taken for which contrast, and what is to be said of every one.
package struct SeriesChoice: Sendable {
    package struct Verdict: Sendable {
        package let series: DICOMSeries
        /// What it is taken for; nil where it is left out.
        package let contrast: String?
        /// A clause.
        package let reason: String
        /// Whether it may have been meant: left out, but not for being something else.
        package let isDoubtful: Bool
    }

    /// In the order of the series.
    package let verdicts: [Verdict]

    /// - Parameters:
    ///   - series: of one study.
    ///   - decided: contrast → number of the series that the user names for it.
    package init(_ series: [DICOMSeries], decided: [String: Int] = [:]) {
        let judgements = series.map { SeriesJudgement($0) }
        var verdicts = zip(series, judgements).map { series, judgement in
            switch judgement {
            case .out(let reason): Verdict(series: series, contrast: nil, reason: reason, isDoubtful: false)
            case .contradiction(let reason):
                Verdict(
                    series: series, contrast: nil,
                    reason: "\(reason); say which it is with --pattern CONTRAST=\(Self.call(series))", isDoubtful: true)
            case .contrast(let contrast, let reason):
                Verdict(series: series, contrast: contrast, reason: reason, isDoubtful: false)
            }
        }
        let named = Set(decided.values)
        for (index, one) in series.enumerated() where one.number.map(named.contains) ?? false {
            let contrast = decided.filter { $0.value == one.number }.keys.min()
            verdicts[index] = Verdict(series: one, contrast: contrast, reason: "you named it", isDoubtful: false)
        }
        for contrast in Set(verdicts.compactMap(\.contrast)).sorted() {
            var candidates = verdicts.indices.filter { verdicts[$0].contrast == contrast }
            if decided[contrast] != nil { candidates.removeAll { verdicts[$0].reason == "you named it" } }
            let best = decided[contrast] == nil ? Self.best(of: candidates, series, contrast) : nil
            for index in candidates where index != best {
                verdicts[index] = Self.runnerUp(series[index], verdicts[index], contrast, best.map { series[$0] })
            }
        }
        self.verdicts = verdicts
    }

    /// The series for a contrast.
    package func series(for contrast: String) -> DICOMSeries? {
        verdicts.first { $0.contrast == contrast }?.series
    }

    /// Original before derived, smaller largest voxel side, more slices, the last; of T1 that nothing but time tells
    /// apart the first, as an agent may have been given before the others.
    private static func best(
        of candidates: [Int], _ series: [DICOMSeries], _ contrast: String
    ) -> Int? {
        candidates.min { a, b in
            let (left, right) = (Rank(series[a]), Rank(series[b]))
            if left.quality != right.quality { return left.quality.lexicographicallyPrecedes(right.quality) }
            let isEarlier = (left.time, a) < (right.time, b)
            return contrast == "T1" ? isEarlier : !isEarlier
        }
    }

    /// The smaller, the better.
    private struct Rank {
        let quality: [Double]
        let time: String

        init(_ series: DICOMSeries) {
            let side = (try? series.grid()).map { $0.spacing.max() } ?? .infinity
            quality = [
                series.first.imageType.contains("DERIVED") ? 1 : 0, (side * 100).rounded() / 100,
                -Double(series.slices.count),
            ]
            time = series.first.time
        }
    }

    private static func runnerUp(
        _ series: DICOMSeries, _ verdict: Verdict, _ contrast: String, _ best: DICOMSeries?
    ) -> Verdict {
        let taken = best.map { "\($0.name) is taken" } ?? "you named another series"
        let other = best.flatMap { agentTwin(of: series, contrast, isLater: Rank($0).time < Rank(series).time) }
        return Verdict(
            series: series, contrast: nil,
            reason: "it is \(contrast), too (\(verdict.reason)); \(taken)"
                + (other.map { "; if it is \($0), say so with --pattern \($0)=\(call(series))" } ?? ""),
            isDoubtful: other != nil)
    }

    /// What a second T1 may be that was taken before or after the agent, whatever its header says of one.
    private static func agentTwin(of series: DICOMSeries, _ contrast: String, isLater: Bool) -> String? {
        guard !series.first.imageType.contains("DERIVED") else { return nil }
        if contrast == "T1", isLater { return "T1Gd" }
        return contrast == "T1Gd" && !isLater ? "T1" : nil
    }

    private static func call(_ series: DICOMSeries) -> String { "series:\(series.number.map(String.init) ?? "NUMBER")" }
}
