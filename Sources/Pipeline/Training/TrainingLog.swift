import CollaGAN
import Files
import Foundation

/// `training.jsonl`: what happened in a training, one JSON object per line, and the same in memory.
///
/// Every line is on disk before a checkpoint of its step, and a resumed training drops what came after its checkpoint:
/// it ends with the lines of an uninterrupted one, times apart.
struct TrainingLog {
    static let name = OwnFiles.trainingLog

    private let path: String
    private(set) var records: [TrainingRecord] = []

    /// Starts a log, or takes up that of an earlier training.
    ///
    /// - Parameter step: the checkpoint that is resumed from; nil starts anew.
    init(in folder: String, start: TrainingRecord.Start, resumingAt step: Int?) throws(CollaGANError) {
        path = "\(folder)/\(Self.name)"
        if let step {
            records = Self.read(in: folder).filter { record in
                if case .end = record { return false }
                return record.step ?? 0 <= step
            }
        }
        if case .start = records.first {} else { records.insert(.start(start), at: 0) }
        var text = Data()
        for record in records { text += try Self.line(record) }
        try AtomicFile.write(text, to: path)
    }

    /// Adds a line. Baselines that are there, and a checkpoint that was the last line but for later ones, are not said
    /// twice.
    mutating func append(_ record: TrainingRecord) throws(CollaGANError) {
        switch record {
        case .baselines:
            if records.contains(where: { if case .baselines = $0 { true } else { false } }) { return }
        case .checkpoint(let new):
            if case .checkpoint(let last)? = records.last, last.step == new.step { return }
        default: break
        }
        let line = try Self.line(record)
        let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        let end = lseek(file, 0, SEEK_END)
        guard AtomicFile.append(line.bytes, to: file), AtomicFile.sync(file) else {
            let problem = failure()
            // Half a line would swallow the next one.
            ftruncate(file, end)
            throw problem
        }
        records.append(record)
    }

    private func failure() -> CollaGANError {
        CollaGANError(
            .unwritable, path: path,
            "\(path): cannot be written (\(Wording.reason())); check the folder's rights and free space"
        )
    }

    /// What a folder's log says, nothing if there is none. Lines that are not whole, as a kill may leave the last one,
    /// are left out.
    static func read(in folder: String) -> [TrainingRecord] {
        let path = "\(folder)/\(name)"
        guard FilePath.isRegularFile(path), let data = FileManager.default.contents(atPath: path) else { return [] }
        let decoder = JSONDecoder()
        return data.split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(TrainingRecord.self, from: $0)
        }
    }

    private static func line(_ record: TrainingRecord) throws(CollaGANError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(record) + Data("\n".utf8)
        } catch {
            throw CollaGANError(.unwritable, path: name, "\(name): a line cannot be written as JSON: \(error)")
        }
    }
}

extension TrainingProgress {
    /// For people.
    var line: String {
        let terms = [
            ("l1", losses.reconstruction), ("l2", losses.squared), ("similarity", losses.similarity),
            ("cycle", losses.cycle), ("ssim", losses.ssim),
            ("identity", losses.identity), ("gan", losses.adversarial), ("class", losses.classification),
            ("d", losses.discriminator), ("penalty", losses.penalty),
        ].compactMap { name, value in value.map { "\(name) \(($0 * 1e4).rounded() / 1e4)" } }
        return "step \(step)/\(steps) (\(phase.rawValue)): \(terms.joined(separator: ", ")),"
            + " \((stepsPerSecond * 100).rounded() / 100) steps/s, \(Duration.words(secondsLeft)) left"
            + (exchange.map { ", \(Int(($0.waited * 1000).rounded())) ms of a step waiting for other ranks" } ?? "")
    }
}

extension Duration {
    /// Seconds as people say them: "40 s", "12 min", "3.4 h".
    static func words(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Int(max(seconds, 0).rounded())) s"
        case ..<5400: "\(Int((seconds / 60).rounded())) min"
        case ..<360_000: "\((seconds / 360).rounded() / 10) h"
        default: "more than 100 h"
        }
    }
}
