import Metrics
import Volumes

/// METHOD §6 between two files, for `metrics`.
public enum MetricsComparison {
    /// Scores of an imputed file against the true one, voxels as they are.
    /// - Parameter range: dynamic range R.
    /// - Throws: `PipelineError` naming the file to blame.
    public static func scores(
        truth: String, imputed: String, mask: String? = nil, lesion: String? = nil, range: Double = 1
    ) throws(PipelineError) -> Scores {
        let grid = try read(truth)
        do {
            return try Metrics.score(
                truth: grid, imputed: try read(imputed), brain: try mask.map { try read($0) },
                lesion: try lesion.map { try read($0) }, range: range)
        } catch let error as MetricsError {
            let path =
                switch error.subject {
                case .truth: truth
                case .imputed: imputed
                case .brain: mask ?? ""
                case .lesion: lesion ?? ""
                case .range: "--range"
                }
            throw PipelineError(.unusablePatient, path: path, "\(path): \(error.message)")
        } catch {
            throw error as? PipelineError ?? PipelineError(.unreadable, path: truth, "\(error)")
        }
    }

    private static func read(_ path: String) throws(PipelineError) -> Volume {
        do {
            return try NIfTIFile.read(path).volume
        } catch {
            throw PipelineError(.unreadable, path: path, error.message)
        }
    }
}
