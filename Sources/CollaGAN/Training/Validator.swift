import Metrics
import NeuralNet
import Preprocessing
import Volumes

/// Scores models on held-out patients, a few slices of each, as imputation will use them.
struct Validator {
    /// Slices of the patient that pictures are made of.
    private static let shownSlices = 2

    /// What needs no network.
    let baselines: ValidationBaselines

    private let patients: [TrainingPatient]
    private let contrasts: Range<Int>
    private let slices: Int
    /// Index of the patient that pictures are made of.
    private let shown: Int

    /// Computes the baselines.
    ///
    /// - Parameters:
    ///   - slices: at most so many of each patient.
    ///   - regressions: fitted on the training patients.
    /// - Throws: `ModelError.Code.data` if no patient has two contrasts and brain.
    init(
        _ patients: [TrainingPatient], slices: Int, regressions: [QuadraticRegression]
    ) throws(ModelError) {
        var usable: [(patient: TrainingPatient, contrasts: Int)] = []
        var (zeroFill, copy, regression) = (ScoreLists(), ScoreLists(), ScoreLists())
        var copied: [Int: Set<Int>] = [:]
        for patient in patients {
            let stack = try Self.stack(of: patient, slices)
            let present = stack.images.indices.filter { stack.images[$0] != nil }
            guard present.count >= 2, stack.slices > 0 else { continue }
            usable.append((patient, present.count))
            for target in present {
                let zeros = [Float](repeating: 0, count: stack.brain.count)
                zeroFill.add(try stack.score(zeros, against: target), of: target, patient)
                let others = present.filter { $0 != target }
                var best: (contrast: Int, scores: Scores)?
                for other in others {
                    guard let scores = try stack.score(stack.images[other] ?? zeros, against: target) else { continue }
                    if best.map({ scores.nmse < $0.scores.nmse }) ?? true { best = (other, scores) }
                }
                copy.add(best?.scores, of: target, patient)
                if let best { copied[target, default: []].insert(best.contrast) }
                if let fit = regressions.first(where: { $0.target == target && $0.inputs == others }) {
                    let image = fit.predict(stack.images, brain: stack.brain)
                    regression.add(try stack.score(image, against: target), of: target, patient)
                }
            }
        }
        // The first of those with the most contrasts.
        guard let most = usable.map(\.contrasts).max(), let shown = usable.firstIndex(where: { $0.contrasts == most })
        else {
            throw ModelError(
                .data, "", "no patient held out for validation has two contrasts and brain; hold out others, or none")
        }
        let patient = usable[shown].patient
        let stack = try Self.stack(of: patient, slices)
        self.patients = usable.map(\.patient)
        (self.slices, self.shown, contrasts) = (slices, shown, stack.images.indices)
        let predicted = contrasts.map { target in
            regressions.first { fit in
                fit.target == target && stack.images[target] != nil && fit.inputs.allSatisfy { stack.images[$0] != nil }
                    && fit.inputs.count == most - 1
            }?.predict(stack.images, brain: stack.brain)
        }
        baselines = ValidationBaselines(
            zeroFill: zeroFill.means(contrasts), copy: copy.means(contrasts),
            copied: contrasts.map { copied[$0, default: []].sorted() }, regression: regression.means(contrasts),
            acquired: stack.sample(stack.images, of: patient.name, count: Self.shownSlices),
            regressed: stack.sample(predicted, of: patient.name, count: Self.shownSlices))
    }

    /// Scores of every contrast that a patient has, synthesised from all its others.
    ///
    /// - Parameter ranks: share the patients; the first has the one that is shown.
    /// - Returns: nil if cancelled, on any rank; `imputed` on the first rank alone.
    func validate(
        _ model: CollaGANModel, _ ranks: RankGroup? = nil, isCancelled: () -> Bool
    ) throws(ModelError) -> (scores: [ValidationScore?], imputed: ValidationSample?)? {
        let imputer = Imputer(model)
        var sample: ValidationSample?
        let metrics = Metric.shown(in: .summaries)
        let words = try PatientShares(ranks, first: shown).map(
            patients.count, wordsEach: contrasts.count * (metrics.count + 1)
        ) { index throws(ModelError) -> [UInt64]? in
            let stack = try Self.stack(of: patients[index], slices)
            var images = [[Float]?](repeating: nil, count: contrasts.count)
            var words: [UInt64] = []
            for target in contrasts {
                guard stack.images[target] != nil else {
                    words += Array(repeating: .max, count: metrics.count + 1)
                    continue
                }
                guard !isCancelled(), let image = try imputer.impute(stack, target: target) else { return nil }
                words += (try stack.score(image, against: target)).words(metrics)
                images[target] = image
            }
            if index == shown { sample = stack.sample(images, of: patients[index].name, count: Self.shownSlices) }
            return words
        }
        guard let words else { return nil }
        var lists = ScoreLists()
        for (patient, words) in zip(patients, words) {
            for target in contrasts where patient.present.contains(target) {
                let first = target * (metrics.count + 1)
                lists.add(Scores(metrics, words[first..<first + metrics.count + 1]), of: target, patient)
            }
        }
        return (lists.means(contrasts), sample)
    }

    /// The slices of a patient that are looked at.
    private static func stack(of patient: TrainingPatient, _ slices: Int) throws(ModelError) -> SliceStack {
        try patient.slices(spread(patient.brainPixels.indices.filter { patient.brainPixels[$0] > 0 }, slices))
    }
}

/// Scores by contrast, one per patient.
private struct ScoreLists {
    private var lists: [Int: [(patient: String, scores: Scores?)]] = [:]

    mutating func add(_ scores: Scores?, of contrast: Int, _ patient: TrainingPatient) {
        lists[contrast, default: []].append((patient.name, scores))
    }

    func means(_ contrasts: Range<Int>) -> [ValidationScore?] {
        contrasts.map { contrast in lists[contrast].map(ValidationScore.init) }
    }
}

extension SliceStack {
    /// Scores of an image against a contrast that is there; nil if the image holds values that are not finite.
    fileprivate func score(_ image: [Float], against contrast: Int) throws(ModelError) -> Scores? {
        guard let truth = images[contrast], image.allSatisfy(\.isFinite) else { return nil }
        do throws(MetricsError) {
            let unit = metricUnit(contrast)
            return try ImageMetrics.score(
                truth: volume(Normalisation.metrics(truth, unit)), imputed: volume(Normalisation.metrics(image, unit)),
                brain: brainVolume)
        } catch {
            throw ModelError(.data, "", "a patient held out for validation cannot be scored: \(error.message)")
        }
    }

    /// A few slices of images that lie like this stack's.
    fileprivate func sample(_ images: [[Float]?], of patient: String, count: Int) -> ValidationSample {
        let shown = SliceStack(
            contrasts: contrasts, slices: slices, height: height, width: width, images: images, brain: brain,
            scales: scales, percentiles: percentiles
        ).slices(fullest(count))
        return ValidationSample(
            patient: patient, brain: shown.brainVolume, images: shown.images.map { $0.map(shown.volume) })
    }

    /// So many slices, evenly spread over those with at least 55 % of the brain of the fullest one.
    private func fullest(_ count: Int) -> [Int] {
        let areas = brainPixels
        let large = areas.indices.filter { Double(areas[$0]) >= 0.55 * Double(areas.max() ?? 0) }
        return spread(large, count)
    }

    private var brainVolume: Volume { volume(brain.map { $0 ? 1 : 0 }) }

    /// An image in the layout of the stack as a volume in RAS order, with voxels of 1 mm.
    private func volume(_ image: [Float]) -> Volume {
        let affine = Affine(i: SIMD3(1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: .zero)
        return Volume(grid: Grid(size: SIMD3(width, height, slices), affine: affine), voxels: image)
    }
}

extension Scores? {
    /// 0 for none, else 1; then each metric's very bits, all ones where it is undefined.
    fileprivate func words(_ metrics: [Metric]) -> [UInt64] {
        [self == nil ? 0 : 1] + metrics.map { self?[$0]?.bitPattern ?? .max }
    }
}

extension Scores {
    /// Nil for the words of none.
    fileprivate init?(_ metrics: [Metric], _ words: ArraySlice<UInt64>) {
        guard words.first == 1 else { return nil }
        var table = ScoreTable()
        for (metric, word) in zip(metrics, words.dropFirst()) where word != .max {
            table[metric] = Double(bitPattern: word)
        }
        self.init(table)
    }
}
