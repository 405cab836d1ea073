import CollaGAN
import Files
import Foundation
import Pipeline
import TestSupport
import Testing

/// A training on ranks that are threads of one process, each of which may see other files.
struct TrainingRanksTests {
    /// What a rank is started with.
    private struct Start: Sendable {
        var patients: String
        var configuration: String
        var output: String
        var cache: String
        var resumes = false
        var overwrites = false
    }

    private typealias Outcome = Result<TrainingRun.Result, CollaGANError>

    private static let yaml = """
        ngf: 4
        crop: {height: 96, width: 96}
        spacing: 2
        steps: 2
        batch: 2
        checkpoints: {every: 1, keep: 2}
        weights: {cycle: 0, ssim: 0, adversarial: 0, classification: 0, reconstruction: 1}

        """

    private let work: TrainingFolder

    init() throws {
        work = try TrainingFolder()
        for number in 1...3 { try work.write("p\(number)", ["T1", "T2"], seed: number) }
        try configure()
    }

    private func configure(_ name: String = "c.yaml", _ more: String = "") throws {
        _ = try work.scratch.write(Array((Self.yaml + more).utf8), as: name)
    }

    private var start: Start {
        Start(
            patients: work.patients, configuration: work.scratch.file("c.yaml"), output: work.scratch.file("model"),
            cache: work.scratch.file("cache"))
    }

    private static func train(_ start: Start, _ ranks: RankGroup?) -> Outcome {
        Outcome { () throws(CollaGANError) in
            try TrainingRun(
                patients: start.patients, configurationFile: start.configuration, output: start.output,
                cache: start.cache, layout: .auto, patterns: [], resumes: start.resumes,
                overwrites: start.overwrites, ranks: ranks, console: Console(silent: true)
            ).run()
        }
    }

    private static func onRanks(_ starts: [Start]) -> [Outcome?] {
        LocalTransport.run(starts.count, delays: [0, 1]) { transport in
            train(starts[transport.rank], RankGroup(transport, timeout: 60))
        }
    }

    /// All ranks are to fail as a wrong set-up does, with one line.
    private func expectRefusal(_ outcomes: [Outcome?], _ line: String) {
        for (rank, outcome) in outcomes.enumerated() {
            guard case .failure(let error)? = outcome else {
                Issue.record("rank \(rank) is not refused: \(String(describing: outcome))")
                continue
            }
            #expect(error.code == .badConfiguration && error.message == line, "rank \(rank): \(error)")
        }
    }

    /// Contents of all files below a folder; without a lock, which holds nothing.
    private func contents(_ folder: String) throws -> [String: Data] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return try Dictionary(
            uniqueKeysWithValues: names.filter { FilePath.isRegularFile("\(folder)/\($0)") && !$0.hasSuffix(".lock") }
                .map { ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))) })
    }

    @Test func ranksPrepareAndTrainAsOneProcessDoes() throws {
        var together = start
        together.output = work.scratch.file("together")
        for outcome in Self.onRanks([together, together]) { #expect(try outcome?.get().finished == true) }
        #expect(try Self.train(start, nil).get().finished)
        let model = try contents(start.output)["model.safetensors"]
        #expect(try model != nil && contents(together.output)["model.safetensors"] == model)
    }

    /// What an earlier training left stays where the next one is refused.
    @Test func aRefusedTrainingRemovesNothing() throws {
        #expect(try Self.train(start, nil).get().finished)
        let before = try contents(start.output)
        try configure("other.yaml", "optimiser: {rate: 1.0e-4}\n")
        var (first, second) = (start, start)
        (first.overwrites, second.overwrites) = (true, true)
        second.configuration = work.scratch.file("other.yaml")
        expectRefusal(
            Self.onRanks([first, second]),
            "rank 1 has another configuration (give all the same file) than rank 0")
        #expect(try before["model.safetensors"] != nil && contents(start.output) == before)
    }

    /// One rank sees the last checkpoint, the other the one before: the log stays as it was.
    @Test func anOlderCheckpointIsRefusedBeforeAnythingIsWritten() throws {
        #expect(try Self.train(start, nil).get().finished)
        var (first, second) = (start, start)
        second.output = work.scratch.file("older")
        try FileManager.default.copyItem(atPath: first.output, toPath: second.output)
        try FileManager.default.removeItem(atPath: "\(second.output)/checkpoints/step-00000002.safetensors")
        try FileManager.default.removeItem(atPath: "\(first.output)/model.safetensors")
        let before = try contents(first.output)
        (first.resumes, second.resumes) = (true, true)
        expectRefusal(
            Self.onRanks([first, second]),
            "rank 1 has another checkpoint (all have to see the same --out folder) than rank 0")
        #expect(try contents(first.output) == before)
    }

    @Test(arguments: [0, 1]) func aCheckpointThatOneRankDoesNotSeeIsRefused(_ blind: Int) throws {
        #expect(try Self.train(start, nil).get().finished)
        var starts = [start, start]
        (starts[0].resumes, starts[1].resumes) = (true, true)
        starts[blind].output = work.scratch.file("elsewhere")
        expectRefusal(
            Self.onRanks(starts),
            "rank 1 has another checkpoint (all have to see the same --out folder) than rank 0")
        #expect(!FileManager.default.fileExists(atPath: starts[blind].output))
    }

    /// A patient less, and one of the same name with other images.
    @Test(arguments: [false, true]) func otherPatientsAreRefusedBeforeTheyArePrepared(_ isThere: Bool) throws {
        let other = try TrainingFolder()
        for number in 1...2 { try other.write("p\(number)", ["T1", "T2"], seed: number) }
        if isThere { try other.write("p3", ["T1", "T2"], seed: 4) }
        var second = start
        second.patients = other.patients
        let outcomes = withExtendedLifetime(other) { Self.onRanks([start, second]) }
        expectRefusal(outcomes, "rank 1 has other patients (all have to see the same files) than rank 0")
        #expect(try contents(start.cache).isEmpty && contents(start.output).isEmpty)
    }
}
