/// Where images are compared (method.md §6).
package enum Region: Sendable, CaseIterable {
    case whole
    /// Inside the brain mask.
    case brain
    /// Inside the lesion mask.
    case lesion
    /// Outside the lesion mask, and inside the brain mask if there is one.
    case outsideLesion

    /// What stands behind a metric's key in files.
    var suffix: String {
        switch self {
        case .whole: ""
        case .brain: "_brain"
        case .lesion: "_lesion"
        case .outsideLesion: "_outside_lesion"
        }
    }
}
