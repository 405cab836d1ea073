import Files
import Metrics
import Volumes

/// method.md §6 between two files, for `metrics`.
package enum MetricsComparison {
    /// Keys of the metrics that have such regions, in the order of the table.
    package static func keys(inEveryRegion: Bool) -> String {
        Metric.all.filter { ($0.regions.count > 1) == inEveryRegion }.map(\.key).joined(separator: ", ")
    }

    /// Keys of what challenges measure.
    package static let challengeKeys = ChallengeMetric.all.map(\.key).joined(separator: ", ")

    /// Titles of all metrics, for people.
    package static let titles = Metric.all.map(\.title).joined(separator: ", ")

    /// As JSON the scores, with `challenge` where a lesion mask was given.
    package struct Result: Encodable, Sendable {
        package let scores: Scores
        package let challenge: ChallengeScores?

        private enum CodingKeys: String, CodingKey {
            case challenge
        }

        package func encode(to encoder: any Encoder) throws {
            try scores.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(challenge, forKey: .challenge)
        }
    }

    /// Scores of an imputed file against the true one, voxels as they are.
    /// - Parameter range: dynamic range R.
    /// - Throws: `CollaGANError` naming the file to blame.
    package static func scores(
        truth: String, imputed: String, mask: String? = nil, lesion: String? = nil, range: Double = 1
    ) throws(CollaGANError) -> Result {
        let acquired = try read(truth)
        do {
            let (judged, region) = (try read(imputed), try lesion.map { try read($0) })
            let scores = try ImageMetrics.score(
                truth: acquired, imputed: judged, brain: try mask.map { try read($0) }, lesion: region, range: range)
            let challenge = try region.map { try ChallengeScores(truth: acquired, imputed: judged, lesion: $0) }
            return Result(scores: scores, challenge: challenge)
        } catch let error as MetricsError {
            let path =
                switch error.subject {
                case .truth: truth
                case .imputed: imputed
                case .brain: mask ?? ""
                case .lesion: lesion ?? ""
                case .range: "--range"
                }
            throw CollaGANError(.unusablePatient, path: path, "\(path): \(error.message)")
        } catch {
            throw error as? CollaGANError ?? CollaGANError(.unreadable, path: truth, "\(error)")
        }
    }

    private static func read(_ path: String) throws(CollaGANError) -> Volume {
        do {
            return try NIfTIFile.read(path).volume
        } catch {
            throw CollaGANError(.unreadable, path: path, error.message)
        }
    }
}
