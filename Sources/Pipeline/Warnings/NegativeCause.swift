import Foundation
import Patients

/// Why an image has many voxels below 0: what the user has to do depends on it.
enum NegativeCause: Equatable {
    /// Standardised to mean 0 and standard deviation 1.
    case scores
    /// A computed tomography: Hounsfield units.
    case tomography
    /// One value stands for what is not imaged.
    case background
    /// The same, and tissue begins there: the whole image lies lower than it should.
    case shifted(Double)
    /// Overshoot of an interpolation, to both sides of 0.
    case ringing
    case unknown

    init(_ voxels: NegativeVoxels) {
        let hasCommonest = voxels.commonestShare >= 0.5
        let isWhole = voxels.commonest == voxels.commonest.rounded()
        // The background of a standardised image is a fraction, that of another image somebody chose.
        let isStandardised = abs(voxels.mean) < 0.2 && (0.8...1.25).contains(voxels.standardDeviation)
        // Scanners fill what is outside their field of view with -1024, -2000 or -3024.
        let isTomography =
            voxels.airShare >= 0.5 || hasCommonest && (-3100 ... -900).contains(voxels.commonest)
        if isTomography {
            self = .tomography
        } else if isStandardised && !(hasCommonest && isWhole) {
            self = .scores
        } else if hasCommonest {
            let others = voxels.share * (1 - voxels.commonestShare)
            self = others > IntensityProfile.few ? .shifted(voxels.commonest) : .background
        } else if voxels.depth < 0.1 * voxels.brightest && voxels.mirrored > 0.25 {
            self = .ringing
        } else {
            self = .unknown
        }
    }

    /// What follows "has 12 % of its voxels below 0, which count as 0", with what to do.
    static func text(_ voxels: NegativeVoxels) -> String {
        func number(_ value: Double) -> String {
            let isLong = value == value.rounded() || abs(value) >= 100
            return isLong && abs(value) < 1e9 ? "\(Int(value.rounded()))" : String(format: "%.3g", value)
        }
        let common = "\(OddIntensities.percent(voxels.commonestShare)) of them are exactly \(number(voxels.commonest)),"
        return switch NegativeCause(voxels) {
        case .scores:
            "z-scores? (mean \(String(format: "%.2f", voxels.mean)), standard deviation"
                + " \(String(format: "%.2f", voxels.standardDeviation)) where it is not 0); give the scan before it was"
                + " standardised"
        case .tomography: "CT? (down to \(number(voxels.lowest))); give the MR image"
        case .background: "\(common) a background?; set it to 0"
        case .shifted(let value):
            "\(common) a background that the image begins from?; add \(number(-value)) to every voxel, so that it is 0"
        case .ringing:
            "nearly all of them by less than \(number(voxels.depth)), \(OddIntensities.percent(voxels.depth / voxels.brightest))"
                + " of the 99.5th percentile: ringing of a resampling by splines?; resample linearly or set them to 0"
        case .unknown:
            "down to \(number(voxels.lowest)); give the scan as it was before something was subtracted from it"
        }
    }
}
