import CollaGAN
import Files
import Foundation
import Reports
import Yams

/// Turns the log of a training into its page.
struct TrainingPage {
    static let name = OwnFiles.trainingPage
    /// Pictures of the network: of the first validation, the latest, and some between.
    private static let mostPictures = 4

    private typealias Point = TrainingReport.Point

    private let records: [TrainingRecord]
    private let pictures: TrainingPictures
    private let secondsLeft: Double?

    private var baselines: TrainingRecord.Baselines?
    private var progress: [TrainingRecord.Progress] = []
    private var validations: [TrainingRecord.Validation] = []
    private var checkpoint: Int?
    private var end: TrainingRecord.End?

    init(_ records: [TrainingRecord], pictures: TrainingPictures, secondsLeft: Double?) {
        (self.records, self.pictures, self.secondsLeft) = (records, pictures, secondsLeft)
        for record in records {
            switch record {
            case .start: break
            case .baselines(let content): baselines = content
            case .progress(let content): progress.append(content)
            case .validation(let content): validations.append(content)
            case .checkpoint(let content): checkpoint = content.step
            case .end(let content): end = content
            }
        }
    }

    /// Nil if the log does not say what is trained.
    func report() -> TrainingReport? {
        guard case .start(let start)? = records.first else { return nil }
        let steps = start.configuration.classifierFirstSteps + start.configuration.steps
        let state: TrainingReport.State =
            switch end?.status {
            case nil: .running
            case .finished: .finished
            case .interrupted: .interrupted
            case .diverged: .diverged
            case .failed: .failed
            }
        return TrainingReport(
            model: start.configuration.name, software: start.software, state: state,
            summary: summary(of: steps), steps: steps, bestStep: best?.step, losses: losses, phases: phases,
            contrasts: contrasts(start), pictured: baselines?.pictured ?? "", training: start.training,
            validation: start.validation, test: start.test, failed: start.failed, facts: facts(start),
            configuration: yaml(start.configuration), next: next(start))
    }

    private var best: TrainingRecord.Validation? { validations.last { $0.best } }

    private func summary(of steps: Int) -> String {
        let step = end?.step ?? max(progress.last?.step ?? 0, validations.last?.step ?? 0, checkpoint ?? 0)
        var text = "Step \(step) of \(steps) after \(Duration.words(seconds))."
        if end == nil, step > 0, step < steps, let secondsLeft {
            text += " About \(Duration.words(secondsLeft)) left, time for validation not counted."
        }
        if let reason = end?.reason { text += " Stopped: \(reason)." }
        return text
    }

    private var seconds: Double {
        end?.seconds ?? max(progress.last?.seconds ?? 0, validations.last?.seconds ?? 0)
    }

    // MARK: Curves

    private var losses: [TrainingReport.Curve] {
        let terms: [(String, (LossValues) -> Float?)] = [
            ("Reconstruction: mean |x − x̂|", { $0.reconstruction }), ("Squared error: mean (x − x̂)²", { $0.squared }),
            ("Similarity: −log((1 + SSIM) ÷ 2)", { $0.similarity }), ("Cycle: Σ mean |x − x̃|", { $0.cycle }),
            ("SSIM of the cycle: Σ −log((1 + SSIM) ÷ 2)", { $0.ssim }),
            ("Adversarial, generator's turn", { $0.adversarial }),
            ("Domain classification of fakes", { $0.classification }),
            ("Discriminator's own loss", { $0.discriminator }), ("Identity: Σ mean |x − G(x)|", { $0.identity }),
            ("Gradient penalty: mean (‖∇D‖ − 1)²", { $0.penalty }),
        ]
        let curves = terms.map { title, value in
            TrainingReport.Curve(
                title: title,
                points: progress.map { record in
                    Point(step: record.step, value: value(record.losses).map(Double.init) ?? .nan)
                })
        }
        let rate = TrainingReport.Curve(
            title: "Learning rate", points: progress.map { Point(step: $0.step, value: Double($0.rate)) })
        return curves.filter { $0.points.contains { !$0.value.isNaN } } + [rate]
    }

    private var phases: [(step: Int, title: String)] {
        zip(progress, progress.dropFirst()).filter { $0.phase != $1.phase }.map { before, after in
            (before.step, after.phase == .full ? "all terms" : after.phase.rawValue)
        }
    }

    // MARK: Validation patients

    private func contrasts(_ start: TrainingRecord.Start) -> [TrainingReport.Contrast] {
        guard let baselines else { return [] }
        return start.configuration.contrasts.enumerated().compactMap { index, name in
            guard let patients = baselines.zeroFill[name]?.patients else { return nil }
            func row(_ method: ScoreRow.Method, _ scores: TrainingRecord.Scores, _ detail: String? = nil) -> ScoreRow? {
                scores[name].map { ScoreRow(method, detail: detail, $0.means) }
            }
            let copied = baselines.copied[name, default: []].joined(separator: " or ")
            return TrainingReport.Contrast(
                name: name,
                validations: validations.compactMap { validation in
                    validation.scores[name].map { (validation.step, $0.means) }
                },
                baselines: [
                    row(.regression, baselines.regression), row(.copy, baselines.copy, copied),
                    row(.zeroFill, baselines.zeroFill),
                ].compactMap { $0 }, patients: patients, pictures: shown(index))
        }
    }

    private func shown(_ contrast: Int) -> [(title: String, png: Data)] {
        let steps = validations.map(\.step)
        let count = min(steps.count, Self.mostPictures)
        let picked = (0..<count).map { steps[count == 1 ? 0 : $0 * (steps.count - 1) / (count - 1)] }
        let kinds =
            [("acquired", TrainingPictures.Kind.acquired), ("regression", .regression)]
            + picked.map { ("step \($0)", .network(step: $0)) }
        return kinds.compactMap { title, kind in
            pictures.read(kind, contrast: contrast).map { (title: title, png: $0) }
        }
    }

    // MARK: Words

    private func facts(_ start: TrainingRecord.Start) -> [(name: String, value: String)] {
        var facts: [(name: String, value: String)] = [
            ("Software", start.software), ("Begun", start.time),
            ("Started from", start.configuration.start?.model?.description ?? "nothing"),
            ("Processor", start.processor ?? "unknown"), ("Threads", "\(start.threads)"),
            ("Instruction set", start.instructionSet), ("Precision", start.precision ?? "float32"),
            ("Time used", Duration.words(seconds)),
        ]
        if let speed = progress.last?.stepsPerSecond {
            facts.append(("Speed", "\((speed * 100).rounded() / 100) steps/s, validation not counted"))
        }
        if let checkpoint { facts.append(("Last checkpoint", "step \(checkpoint)")) }
        return facts
    }

    /// As a training's YAML file has it, with numbers as people write them: the encoder makes 5.00000007450581e-2 of
    /// 0.05.
    private func yaml(_ configuration: TrainingConfiguration) -> String {
        let text = (try? YAMLEncoder().encode(configuration)) ?? ""
        return text.replacing(#/: (-?[0-9.]+e[+-]?[0-9]+)\n/#) { match in
            guard let value = Double(match.1) else { return String(match.0) }
            let single = Float(value)
            let isSingle = abs(Double(single) - value) <= 1e-14 * abs(value)
            let digits = isSingle ? "\(single)" : "\(value)"
            return ": \(digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits)\n"
        }
    }

    private func next(_ start: TrainingRecord.Start) -> [String] {
        let keys = "docs/reference/training-file.md explains the keys"
        switch end?.status {
        case nil:
            return [
                "Wait: this page is written again at every validation and checkpoint. Stopped or killed, the same command with --resume goes on.",
                start.validation.isEmpty
                    ? "No patient validates, so only the losses tell how it goes; split some off (key split) to see what it is worth."
                    : "Once the curves of the validation patients have been flat or rising for long, nothing is gained by going on.",
            ]
        case .interrupted:
            return ["Go on with the same command and --resume; it ends in the same weights as without the stop."]
        case .diverged:
            return [
                "Train again with --overwrite and a smaller optimiser.rate than \(start.configuration.optimiser.rate); \(keys).",
                checkpoint.map { "model.safetensors is as of the last good checkpoint, step \($0)." }
                    ?? "No model was saved: it diverged before the first checkpoint.",
            ]
        case .failed:
            return [
                "Mend that, then run the same command with --resume: it goes on from the last checkpoint, or starts anew if there is none."
            ]
        case .finished:
            return finished(start)
        }
    }

    private func finished(_ start: TrainingRecord.Start) -> [String] {
        let model = best == nil ? Trainer.modelName : Trainer.bestName
        var sentences = [
            "Fill in what patients lack: collagan impute PATIENTS --out DIR --model \(model).",
            "Score it on patients that took no part in the training, neither to train nor to validate: collagan evaluate PATIENTS --out DIR --model \(model).",
        ]
        guard let best, let last = validations.last, let baselines else {
            sentences.append("Without validation patients nothing here says how good the model is: evaluate it.")
            return sentences
        }
        if best.step < last.step {
            sentences.append(
                "The validation patients were done best at step \(best.step): \(Trainer.bestName) is of that step, \(Trainer.modelName) of the last."
            )
        }
        let behind = start.configuration.contrasts.filter { name in
            guard let own = best.scores[name]?.nmse, let rival = baselines.regression[name]?.nmse else { return false }
            return own >= rival
        }
        if !behind.isEmpty {
            sentences.append(
                "For \(behind.joined(separator: ", ")) a quadratic regression is still closer to the truth than the network: train longer or on more patients before using it for that."
            )
        }
        return sentences
    }
}
