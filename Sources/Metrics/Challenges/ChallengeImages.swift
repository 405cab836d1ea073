import ElementaryFunctions

/// Two volumes and a lesion mask of one size, in RAS order with the first index fastest, as challenges compare them.
struct ChallengeImages: Sendable {
    let truth: [Float]
    let imputed: [Float]
    let lesion: [Bool]
    let size: SIMD3<Int>

    /// By key; NaN for what is undefined, nothing where a volume has no range of intensities.
    func braSyn() -> [String: Double] {
        guard let truthWindow = PercentileWindow(truth), let imputedWindow = PercentileWindow(imputed) else {
            return [:]
        }
        var scores: [String: Double] = [:]
        for (name, isLesion) in [("tumor", true), ("healthy", false)] {
            let x = masked(truth, isLesion) { truthWindow($0) }
            let y = masked(imputed, isLesion) { imputedWindow($0) }
            let similarity = VolumeSimilarity(x, y, size: size, range: max(Self.range(x), Self.range(y)))
            scores["brasyn_ssim_\(name)"] = similarity?.everyVoxel
            scores["brasyn_ssim_\(name)_interior"] = similarity?.interior
        }
        return scores
    }

    /// By key; NaN for what is undefined, nothing for an empty lesion mask or where the truth has no range of intensities
    /// outside of it.
    func inpainting() -> [String: Double] {
        let voided = zip(truth, lesion).map { $1 ? 0 : $0 }
        guard lesion.contains(true), let window = PercentileWindow(voided) else { return [:] }
        let (x, y) = (masked(truth, true) { $0 }.map { window($0) }, masked(imputed, true) { $0 }.map { window($0) })
        var errors = LesionErrors()
        var inside: [(truth: Double, imputed: Double)] = []
        for voxel in lesion.indices where lesion[voxel] {
            inside.append((Double(x[voxel]), Double(y[voxel])))
            errors.add(inside[inside.count - 1])
        }
        let (low, high) = (inside.map(\.truth).min() ?? 0, inside.map(\.truth).max() ?? 0)
        let clipped = inside.reduce(0) { $0 + Self.square($1.truth - min(max($1.imputed, low), high)) }
        let similarity = PlaneSimilarity.mean(
            x, y, where: lesion, size: size, range: max(Self.range(x), Self.range(y)))
        let mse = errors.squared / Double(inside.count)
        func psnr(range: Double, error: Double) -> Double {
            range > 0 ? 10 * Elementary.log10(range * range / error) : .nan
        }
        return [
            "inpainting_ssim": similarity ?? .nan, "inpainting_mse": mse, "inpainting_rmse": mse.squareRoot(),
            "inpainting_msle": errors.squaredLogarithmic / Double(inside.count),
            "inpainting_mae": errors.absolute / Double(inside.count),
            "inpainting_psnr": psnr(range: high - low, error: clipped / Double(inside.count)),
            "inpainting_psnr_eps": psnr(range: high - low, error: mse + 0x1p-52),
            "inpainting_psnr_01": psnr(range: 1, error: mse),
            "inpainting_psnr_01_eps": psnr(range: 1, error: mse + 0x1p-52),
        ]
    }

    /// Sums over the lesion.
    private struct LesionErrors {
        var squared = 0.0
        var squaredLogarithmic = 0.0
        var absolute = 0.0

        mutating func add(_ voxel: (truth: Double, imputed: Double)) {
            squared += square(voxel.truth - voxel.imputed)
            squaredLogarithmic += square(Elementary.log(1 + voxel.truth) - Elementary.log(1 + voxel.imputed))
            absolute += abs(voxel.truth - voxel.imputed)
        }
    }

    private static func square(_ value: Double) -> Double { value * value }

    /// The image inside the lesion, or outside of it; 0 elsewhere.
    private func masked(_ image: [Float], _ isLesion: Bool, _ value: (Float) -> Float) -> [Float] {
        zip(image, lesion).map { $1 == isLesion ? value($0) : 0 }
    }

    private static func range(_ values: [Float]) -> Double {
        Double(values.max() ?? 0) - Double(values.min() ?? 0)
    }
}
