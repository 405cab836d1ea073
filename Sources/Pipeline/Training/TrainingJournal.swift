import CollaGAN
import Files
import Foundation

/// Keeps log, pictures and report of a training true while it runs, and tells people how it goes.
final class TrainingJournal {
    /// What could not be written; the training is then to stop.
    private(set) var problem: CollaGANError?

    private let folder: String
    private let configuration: TrainingConfiguration
    private let console: Console
    private let pictures: TrainingPictures
    private var log: TrainingLog
    private var lastLine: ContinuousClock.Instant?
    private var latest: TrainingProgress?

    /// - Parameter step: the checkpoint that is resumed from; nil starts anew and clears what an earlier training left.
    init(
        in folder: String, start: TrainingRecord.Start, resumingAt step: Int?, console: Console
    ) throws(CollaGANError) {
        (self.folder, configuration, self.console) = (folder, start.configuration, console)
        pictures = TrainingPictures(in: folder, contrasts: start.configuration.contrasts)
        if step == nil { pictures.clear() } else { pictures.removeLeftovers() }
        log = try TrainingLog(in: folder, start: start, resumingAt: step)
        try writeReport()
    }

    /// Takes up what the training tells.
    func record(_ event: TrainingEvent) {
        guard problem == nil else { return }
        do throws(CollaGANError) {
            try write(event)
        } catch {
            problem = error
        }
    }

    /// What was told so far.
    var records: [TrainingRecord] { log.records }

    /// Takes up how it ended; page and log are both tried.
    func end(
        _ status: TrainingRecord.End.Status, step: Int, seconds: Double, reason: String? = nil
    ) throws(CollaGANError) {
        let end = TrainingRecord.End(step: step, seconds: seconds.inThousandths, status: status, reason: reason)
        let logged = Result { () throws(CollaGANError) in try log.append(.end(end)) }
        try writeReport(ending: end)
        try logged.get()
    }

    private func write(_ event: TrainingEvent) throws(CollaGANError) {
        switch event {
        case .baselines(let baselines):
            try pictures.write(baselines.acquired, .acquired)
            try pictures.write(baselines.regressed, .regression)
            let names = configuration.contrasts
            try log.append(
                .baselines(
                    TrainingRecord.Baselines(
                        zeroFill: named(baselines.zeroFill), copy: named(baselines.copy),
                        copied: Dictionary(
                            uniqueKeysWithValues: zip(names, baselines.copied.map { $0.map { names[$0] } })),
                        regression: named(baselines.regression), pictured: baselines.acquired.patient)))
            try writeReport()
        case .progress(let progress):
            latest = progress
            try log.append(
                .progress(
                    TrainingRecord.Progress(
                        step: progress.step, phase: progress.phase, losses: progress.losses, rate: progress.rate,
                        stepsPerSecond: progress.stepsPerSecond.inThousandths, seconds: progress.seconds.inThousandths,
                        exchange: progress.exchange.map {
                            TrainingRecord.Exchange(
                                seconds: $0.travelled.inHundredThousandths, waited: $0.waited.inHundredThousandths)
                        }))
            )
            show(progress)
        case .validation(let result):
            try pictures.write(result.imputed, .network(step: result.step))
            try log.append(
                .validation(
                    TrainingRecord.Validation(
                        step: result.step, seconds: result.seconds.inThousandths, scores: named(result.scores),
                        mean: result.mean,
                        best: result.isBest)))
            console.info(line(result))
            try writeReport()
        case .checkpoint(let step, let seconds):
            try log.append(.checkpoint(TrainingRecord.Checkpoint(step: step, seconds: seconds.inThousandths)))
            try writeReport()
        case .selfCheck:
            console.info("measuring what the self-check gives on the training patients")
        }
    }

    /// On a terminal always; as a line of its own, for those who read a file, at the start, the end and every minute.
    private func show(_ progress: TrainingProgress) {
        console.progress(progress.line)
        let isDue = lastLine.map { .now - $0 > .seconds(60) } ?? true
        guard isDue || progress.step == progress.steps else { return }
        lastLine = .now
        console.info(progress.line)
    }

    private func line(_ result: ValidationResult) -> String {
        func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "not a number" }
        let scores = zip(configuration.contrasts, result.scores).compactMap { name, score in
            score.map { "\(name) \(number($0.nmse))" }
        }
        return "step \(result.step): NMSE of the validation patients \(scores.joined(separator: ", "))"
            + (result.isBest ? "; the best so far" : "")
    }

    private func named(_ scores: [ValidationScore?]) -> TrainingRecord.Scores {
        Dictionary(
            uniqueKeysWithValues: zip(configuration.contrasts, scores).compactMap { name, score in
                score.map { (name, $0) }
            })
    }

    /// - Parameter end: how it ended, which a log that cannot be written lacks.
    private func writeReport(ending end: TrainingRecord.End? = nil) throws(CollaGANError) {
        let page = TrainingPage(
            log.records + (end.map { [.end($0)] } ?? []), pictures: pictures, secondsLeft: latest?.secondsLeft)
        guard let report = page.report() else { return }
        try AtomicFile.write(report.html(), to: "\(folder)/\(TrainingPage.name)")
    }
}

extension Double {
    fileprivate var inThousandths: Double { (self * 1000).rounded() / 1000 }
    fileprivate var inHundredThousandths: Double { (self * 1e5).rounded() / 1e5 }
}
