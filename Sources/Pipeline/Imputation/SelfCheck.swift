import CollaGAN
import Files
import Metrics
import Preprocessing
import Records
import Volumes

/// method.md §7: compares the available contrasts with what the network makes of them once the imputed one stands in.
enum SelfCheck {
    /// In mm³: a region of disagreement from this size on is a warning.
    static let largestUsualRegion = 3000.0

    /// What a self-check gave.
    struct Outcome {
        /// By available contrast.
        var records: [String: SelfCheckRecord] = [:]
        /// One for each contrast that is unusual or, where the model has no reference, no better than a plain copy.
        var warnings: [ResultWarning] = []
        /// One for each contrast that is worse than usual, but not unusual.
        var notes: [String] = []
    }

    /// Compares every available contrast with the one made again, and that with what is usual.
    static func compare(
        _ synthesis: Synthesis, _ task: TargetTask, _ description: ModelDescription
    ) throws(CollaGANError) -> Outcome {
        let stack = task.prepared.stack
        let grid = Grid(
            size: SIMD3(stack.width, stack.height, stack.slices),
            affine: Affine(i: SIMD3(1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: .zero))
        var outcome = Outcome()
        for (contrast, remade) in synthesis.selfCheck.sorted(by: { $0.key < $1.key }) {
            let unit = stack.metricUnit(contrast)
            guard let truth = stack.images[contrast].map({ Normalisation.metrics($0, unit) }) else { continue }
            let name = stack.contrasts[contrast]
            let covered = stack.covered([contrast])
            func inside(_ image: [Float]) -> [Float] {
                let image = Normalisation.metrics(image, unit)
                return stack.holes[contrast] == nil ? image : zip(image, covered).map { $1 ? $0 : 0 }
            }
            let remade = inside(remade)
            let scores = try ImageMetrics.compare(
                truth: Volume(grid: grid, voxels: truth), imputed: Volume(grid: grid, voxels: remade),
                brain: Volume(grid: grid, voxels: covered.map { $0 ? 1 : 0 }))
            let copies = synthesis.selfCheck.keys.sorted().filter { $0 != contrast }.compactMap { other in
                stack.images[other].map {
                    (name: stack.contrasts[other], nmse: ImageMetrics.nmse(truth: truth, imputed: inside($0)))
                }
            }
            let copy = copies.filter(\.nmse.isFinite).min { $0.nmse < $1.nmse }
            let complete = synthesis.selfCheck.count == description.contrasts.count - 1
            let usual = description.selfCheck.first { $0.target == task.target && $0.contrast == contrast }
            let region = LocalDisagreement(truth, remade, brain: covered, grid: task.prepared.sliceGrid)
            let record = SelfCheckRecord(
                scores: scores.withoutSlices, copyNMSE: copy?.nmse, copyOf: copy?.name,
                usualNMSE: complete ? usual?.nmse : nil, regionVolume: (region.volume * 10).rounded() / 10,
                regionCentre: [region.centre.x, region.centre.y, region.centre.z].map { ($0 * 10).rounded() / 10 })
            outcome.records[name] = record
            outcome.judge(record, name, imputed: stack.contrasts[task.target])
        }
        outcome.judgeRegions(imputed: stack.contrasts[task.target])
        return outcome
    }
}

extension SelfCheck.Outcome {
    /// Adds what a user must know about one contrast: the verdict of the report, in words.
    fileprivate mutating func judge(_ record: SelfCheckRecord, _ name: String, imputed: String) {
        let nmse = record.scores.nmse
        let start = "self-check: \(name), made again with the imputed \(imputed), is"
        let advice = "look for a bad input or a patient unlike those the model was trained on"
        switch record.verdict {
        case .usual: break
        case .raised, .unusual:
            guard let usual = record.usualNMSE else {
                warnings.append(ResultWarning(.unusualSelfCheck, "\(start) not a number; \(advice)"))
                return
            }
            let numbers = "(NMSE \(Self.rounded(nmse)), usually \(Self.rounded(usual)))"
            if record.verdict == .unusual {
                warnings.append(
                    ResultWarning(
                        .unusualSelfCheck, "\(start) unusually far from the acquired one \(numbers); \(advice)"))
            } else {
                notes.append("\(start) farther from the acquired one than usual \(numbers)")
            }
        case .noReference:
            guard let copy = record.copyNMSE, let source = record.copyOf, !(nmse < copy) else { return }
            warnings.append(
                ResultWarning(
                    .unusualSelfCheck,
                    "\(start) no better than a copy of \(source) (NMSE \(Self.rounded(nmse)) against"
                        + " \(Self.rounded(copy))); \(advice)"))
        }
    }

    /// Adds the largest region of disagreement, if it is too large, of the contrasts that are not unusual as a whole.
    fileprivate mutating func judgeRegions(imputed: String) {
        let judged = records.filter { [.usual, .raised].contains($0.value.verdict) }
        guard
            let (name, record) = judged.max(by: { ($0.value.regionVolume, $1.key) < ($1.value.regionVolume, $0.key) }),
            record.regionVolume >= SelfCheck.largestUsualRegion
        else { return }
        let centre = record.regionCentre.map { "\(Int($0.rounded()))" }.joined(separator: ", ")
        warnings.append(
            ResultWarning(
                .localSelfCheck,
                "self-check: \(name), made again with the imputed \(imputed), is far from the acquired one in a region of"
                    + " \((record.regionVolume / 100).rounded() / 10) cm³ around (\(centre)) mm; look there: a lesion or artefact"
                    + " that the contrasts show differently"))
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 1e4).rounded() / 1e4
    }
}

extension ImageMetrics {
    /// `score` with errors as this module has them.
    static func compare(
        truth: Volume, imputed: Volume, brain: Volume?, lesion: Volume? = nil
    ) throws(CollaGANError) -> Scores {
        do {
            return try score(truth: truth, imputed: imputed, brain: brain, lesion: lesion)
        } catch {
            throw CollaGANError(.unusablePatient, path: "", error.message)
        }
    }
}
