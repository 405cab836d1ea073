import Metrics
import Records

/// Compares the error inside the lesion with that outside, where a lesion mask is known (`evaluate`).
enum LesionError {
    /// Mean absolute error inside the lesion, as a multiple of that outside, from which on it is a warning.
    static let limit = 3.0

    static func warnings(_ scores: Scores?, _ contrast: String) -> [ResultWarning] {
        guard let inside = scores?[.mae, .lesion], let outside = scores?[.mae, .outsideLesion], outside > 0,
            inside > limit * outside
        else { return [] }
        func rounded(_ value: Double, _ factor: Double) -> Double { (value * factor).rounded() / factor }
        return [
            ResultWarning(
                .lesionError,
                "imputed \(contrast): the mean error inside the lesion is \(rounded(inside / outside, 10)) times that outside"
                    + " (\(rounded(inside, 1e3)) against \(rounded(outside, 1e3))); do not judge the lesion by this image"
            )
        ]
    }
}
