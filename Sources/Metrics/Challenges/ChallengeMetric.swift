/// What challenges measure of an image against the truth, each in its own way (docs/reference/challenge-metrics.md): of
/// the intensities as they are in the files, normalised as the challenge does, background included.
package struct ChallengeMetric: Sendable {
    /// In files, e.g. "brasyn_ssim_tumor".
    package let key: String
    /// What it is, in one line.
    package let definition: String

    /// In the order of the files' columns.
    package static let all = braSyn + inpainting

    /// Challenge on brain MR image synthesis.
    private static let braSyn: [ChallengeMetric] = {
        let normalised = "each volume clipped to its own percentiles 0.5 (at least 0) and 99.5 and scaled to 0..1"
        let similarity = "3-D SSIM (Gaussian 11x11x11, sigma 1.5) of the volumes times the mask, whole-volume mean"
        let eras = [
            ("", "every voxel, as torchmetrics >= 1.4.2"),
            ("_interior", "without 5 voxels at each face, as torchmetrics < 1.4.2"),
        ]
        return eras.flatMap { suffix, era in
            [("tumor", "mask: lesion"), ("healthy", "mask: all but the lesion")].map { name, mask in
                ChallengeMetric(
                    key: "brasyn_ssim_\(name)\(suffix)",
                    definition: "BraSyn: \(normalised); \(similarity) (\(era)); \(mask)")
            }
        }
    }()

    /// BraTS's challenge on local synthesis of healthy tissue.
    private static let inpainting: [ChallengeMetric] = {
        let normalised =
            "both volumes times the lesion mask, clipped to the percentiles 0.5 (at least 0) and 99.5 of the truth with the"
            + " lesion set to 0 and scaled to 0..1"
        return [
            (
                "ssim",
                "2-D SSIM (Gaussian 11x11, sigma 1.5) in the sagittal planes, every pixel, mean over the lesion"
            ),
            ("mse", "mean squared error over the lesion"),
            ("rmse", "root of the mean squared error over the lesion"),
            ("msle", "mean squared difference of log(1 + x) over the lesion"),
            ("mae", "mean absolute error over the lesion"),
            ("psnr", "10 log10(R^2 / MSE) over the lesion, R and clipping by the truth's minimum and maximum there"),
            ("psnr_eps", "10 log10(R^2 / (MSE + 2^-52)) over the lesion, R from the truth's minimum and maximum there"),
            ("psnr_01", "10 log10(1 / MSE) over the lesion"),
            ("psnr_01_eps", "10 log10(1 / (MSE + 2^-52)) over the lesion"),
        ].map {
            ChallengeMetric(key: "inpainting_\($0.0)", definition: "BraTS inpainting: \(normalised); \($0.1)")
        }
    }()
}
