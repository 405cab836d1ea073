import Files
import Metrics
import Volumes

/// method.md §6 between two files, for `metrics`.
package enum MetricsComparison {
    /// Scores of an imputed file against the true one, voxels as they are.
    /// - Parameter range: dynamic range R.
    /// - Throws: `CollaGANError` naming the file to blame.
    package static func scores(
        truth: String, imputed: String, mask: String? = nil, lesion: String? = nil, range: Double = 1
    ) throws(CollaGANError) -> Scores {
        let grid = try read(truth)
        do {
            return try ImageMetrics.score(
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
