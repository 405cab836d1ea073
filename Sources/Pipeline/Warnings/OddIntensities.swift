import CollaGAN
import Files
import Patients
import Records

/// Finds inputs that are not images of the usual kind: label maps, z-scores, windowed or nearly constant ones.
///
/// Limits lie well apart from real images: in 34 images of 10 patients at most 1 % of the voxels are negative (limit 5 %), the median lies between
/// 0.24 and 0.80 of the 99.5th percentile (limit 0.1), the middle 90 % are spread over at least 0.29 of it (limit 0.1), and no more than
/// single voxels share the largest value (limit 1 %).
enum OddIntensities {
    static func warnings(
        _ headers: PatientHeaders, _ sample: BrainSample, _ description: ModelDescription
    ) -> [ResultWarning] {
        description.contrasts.indices.compactMap { index in
            guard let profile = headers.profiles[index], let values = sample.values[index],
                let oddity = oddity(profile, values)
            else { return nil }
            let file = headers.patient.contrasts[index].map(FilePath.name) ?? ""
            return ResultWarning(.oddIntensities, "\(description.contrasts[index]) (\(file)) \(oddity)")
        }
    }

    /// The first thing that is odd, by number, with its likely cause and what to do.
    /// - Parameter values: normalised, inside the brain.
    static func oddity(_ profile: IntensityProfile, _ values: [Float]) -> String? {
        let sorted = values.sorted()
        guard let last = sorted.indices.last else { return nil }
        func percentile(_ percent: Int) -> Double { Double(sorted[last * percent / 100]) }
        if profile.values < IntensityProfile.many {
            return
                "holds only \(profile.values) different values besides 0, like a mask or segmentation; give the image itself"
        }
        if let negatives = profile.negatives {
            return "has \(percent(profile.negative)) of its voxels below 0, which count as 0: "
                + NegativeCause.text(negatives)
        }
        if profile.largest > 0.01 {
            return
                "has its largest value in \(percent(profile.largest)) of its voxels, so bright tissue was cut off; give the"
                + " scan with its full range"
        }
        if percentile(50) < 0.1 {
            return
                "is dark but for a few bright voxels (median \(percent(percentile(50))) of the 99.5th percentile); remove"
                + " what is not brain, e.g. with a brain mask"
        }
        if percentile(95) - percentile(5) < 0.1 {
            return "is nearly constant inside the brain; check that it is the scan"
        }
        return nil
    }

    static func percent(_ share: Double) -> String {
        "\((share * 1000).rounded() / 10) %"
    }
}
