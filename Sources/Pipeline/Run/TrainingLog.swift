import CollaGAN
import Foundation

/// `training.csv`: the losses as they fell, one row per report.
struct TrainingLog {
    private static let columns = [
        "step", "phase", "reconstruction", "cycle", "ssim", "adversarial", "classification", "discriminator",
        "steps_per_second",
    ]

    private let path: String
    private var rows: [(step: Int, text: String)] = []

    /// Takes up the rows of an earlier training.
    init(path: String) {
        self.path = path
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        rows = text.split(separator: "\r\n").dropFirst().compactMap { line in
            line.split(separator: ",").first.flatMap { Int($0) }.map { ($0, String(line)) }
        }
    }

    /// Forgets them.
    mutating func clear() {
        rows = []
    }

    /// Adds a row; rows from this step on, left by a training that went further than its checkpoint, are replaced.
    mutating func append(_ progress: TrainingProgress) throws(PipelineError) {
        rows.removeAll { $0.step >= progress.step }
        let losses = progress.losses
        let values = [
            losses.reconstruction, losses.cycle, losses.ssim, losses.adversarial, losses.classification,
            losses.discriminator,
        ]
        let numbers = values.map { $0.map { "\($0)" } ?? "" }
        let speed = "\((progress.stepsPerSecond * 1000).rounded() / 1000)"
        let fields = ["\(progress.step)", progress.phase.rawValue] + numbers + [speed]
        rows.append((progress.step, fields.joined(separator: ",")))
        let lines = [Self.columns.joined(separator: ",")] + rows.map(\.text)
        try AtomicFile.write(lines.map { $0 + "\r\n" }.joined(), to: path)
    }

    /// For people.
    static func line(_ progress: TrainingProgress) -> String {
        let losses = progress.losses
        let terms = [
            ("l1", losses.reconstruction), ("cycle", losses.cycle), ("ssim", losses.ssim),
            ("gan", losses.adversarial), ("class", losses.classification), ("d", losses.discriminator),
        ].compactMap { name, value in value.map { "\(name) \(($0 * 1e4).rounded() / 1e4)" } }
        let minutes = (progress.secondsLeft / 6).rounded() / 10
        return "step \(progress.step)/\(progress.steps) (\(progress.phase.rawValue)): \(terms.joined(separator: ", ")),"
            + " \((progress.stepsPerSecond * 100).rounded() / 100) steps/s, \(minutes) min left"
    }
}
