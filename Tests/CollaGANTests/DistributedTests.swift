import CollaGAN
import Foundation
import NeuralNet
import Preprocessing
import Ranks
import TestSupport
import Testing

/// Ranks as threads of one process train together: the same bits as one process alone.
struct DistributedTests {
    /// What a training leaves, times apart.
    private struct Outcome: Equatable {
        var model: Data
        var best: Data?
        var losses: [LossValues] = []
        var means: [Double?] = []
    }

    private static func configuration(_ batch: Int) -> TrainingConfiguration {
        var configuration = tinyConfiguration()
        configuration.batch = batch
        configuration.steps = 4
        configuration.hasRegressionBranch = true
        configuration.validation.every = 2
        configuration.validation.slices = 1
        configuration.checkpoints.every = 2
        return configuration
    }

    private static let patients = [syntheticPatient("a", seed: 1), syntheticPatient("b", seed: 2, missing: [1])]
    private static let held = (3...5).map { syntheticPatient("v\($0)", seed: UInt64($0)) }

    /// Trains on so many ranks, or on one process (0).
    ///
    /// - Parameter stop: asked on each rank after how many steps to stop; nil never stops.
    private static func train(
        _ ranks: Int, batch: Int, in folder: URL, order: [Int]? = nil, resume: Bool = false,
        patients: @escaping @Sendable (_ rank: Int) -> [TrainingPatient] = { _ in patients },
        configure: @escaping @Sendable (_ rank: Int, inout TrainingConfiguration) -> Void = { _, _ in },
        stop: @escaping @Sendable (_ rank: Int, _ step: Int) -> Bool = { _, _ in false }
    ) -> [Result<(Bool, Outcome?), ModelError>?] {
        @Sendable func run(_ group: RankGroup?) -> Result<(Bool, Outcome?), ModelError> {
            Result { () throws(ModelError) in
                let rank = group?.rank ?? 0
                var configuration = configuration(batch)
                configure(rank, &configuration)
                func make() throws(ModelError) -> Trainer {
                    try Trainer(
                        configuration, patients: patients(rank), validation: held, outputFolder: folder.path,
                        resume: resume, ranks: group)
                }
                let trainer: Trainer
                if let group { trainer = try group.agree(make) } else { trainer = try make() }
                var outcome = Outcome(model: Data())
                let finished = try trainer.run(reportEvery: 1, isCancelled: { stop(rank, trainer.stepsDone) }) {
                    if case .progress(let progress) = $0 { outcome.losses.append(progress.losses) }
                    if case .validation(let result) = $0 { outcome.means.append(result.mean) }
                }
                guard rank == 0 else { return (finished, nil) }
                outcome.model = (try? Data(contentsOf: folder.appending(path: Trainer.modelName))) ?? Data()
                outcome.best = try? Data(contentsOf: folder.appending(path: Trainer.bestName))
                return (finished, outcome)
            }
        }
        guard ranks > 0 else { return [run(nil)] }
        return LocalTransport.run(ranks, order: order, delays: [0, 1]) { run(RankGroup($0, timeout: 60)) }
    }

    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test(arguments: [(2, [1, 2]), (4, [2, 4]), (6, [3]), (8, [4])])
    func anyNumberOfRanksGivesTheBitsOfOneProcess(_ batch: Int, _ counts: [Int]) throws {
        try inFolder { folder in
            let plain = try #require(try Self.train(0, batch: batch, in: folder)[0]?.get())
            #expect(plain.0 && plain.1?.best != nil && plain.1?.losses.count == 5 && plain.1?.means.count == 3)
            for ranks in counts {
                let results = Self.train(ranks, batch: batch, in: folder, order: (0..<ranks).reversed())
                for result in results { #expect(try result?.get().0 == true) }
                #expect(try results[0]?.get().1 == plain.1, "batch \(batch), \(ranks) ranks")
            }
        }
    }

    @Test(arguments: MethodName.others) func otherMethodsAreSharedToo(_ method: MethodName) throws {
        @Sendable func configure(_ rank: Int, _ configuration: inout TrainingConfiguration) {
            configuration = tinyConfiguration(method)
            (configuration.batch, configuration.steps) = (4, 4)
            if method == .cyclegan { configuration.pool = 0 }
        }
        try inFolder { folder in
            let plain = try #require(try Self.train(0, batch: 4, in: folder, configure: configure)[0]?.get())
            #expect(plain.0 && plain.1?.best != nil)
            let results = Self.train(2, batch: 4, in: folder, order: [1, 0], configure: configure)
            for result in results { #expect(try result?.get().0 == true) }
            #expect(try results[0]?.get().1 == plain.1, "\(method)")
        }
    }

    /// What a discriminator is shown again would be another image on every rank.
    @Test func aPoolIsNotShared() throws {
        try inFolder { folder in
            let results = Self.train(
                2, batch: 2, in: folder,
                configure: { _, configuration in
                    configuration = tinyConfiguration(.cyclegan)
                    configuration.batch = 2
                })
            expectFailure(results, .configuration, "pool: ranks cannot share it; set pool: 0")
        }
    }

    /// One rank alone is told to stop; more of them go on.
    @Test func stoppedOnOneNumberAndGoneOnWithOnAnother() throws {
        try inFolder { folder in
            let (whole, parts) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
            for url in [whole, parts] {
                try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            }
            let plain = try #require(try Self.train(0, batch: 4, in: whole)[0]?.get())
            for result in Self.train(2, batch: 4, in: parts, stop: { rank, step in rank == 1 && step == 3 }) {
                #expect(try result?.get().0 == false)
            }
            #expect(FileManager.default.fileExists(atPath: parts.path + "/checkpoints/step-00000003.safetensors"))
            let resumed = Self.train(4, batch: 4, in: parts, resume: true)
            for result in resumed { #expect(try result?.get().0 == true) }
            let outcome = try resumed[0]?.get().1
            #expect(outcome?.model == plain.1?.model && outcome?.best == plain.1?.best)
        }
    }

    private func expectFailure(
        _ results: [Result<(Bool, Outcome?), ModelError>?], _ code: ModelError.Code, _ words: String
    ) {
        for (rank, result) in results.enumerated() {
            guard case .failure(let error)? = result else {
                Issue.record("rank \(rank) did not fail")
                continue
            }
            #expect(error.code == code && error.message.contains(words), "rank \(rank): \(error.message)")
        }
    }

    @Test func whatOneRankCannotReadStopsAll() throws {
        try inFolder { folder in
            let results = Self.train(
                2, batch: 2, in: folder,
                patients: { rank in Self.patients.map { rank == 1 ? $0.failing(after: 4) : $0 } })
            expectFailure(results, .data, "is gone")
        }
    }

    @Test func ranksThatDifferAreRefusedBeforeTheFirstStep() throws {
        try inFolder { folder in
            let other = Self.train(
                2, batch: 2, in: folder,
                configure: { rank, configuration in
                    if rank == 1 { configuration.optimiser.rate = 1 }
                })
            expectFailure(other, .mismatch, "rank 1 has another configuration")
            let patients = Self.train(2, batch: 2, in: folder, patients: { Array(Self.patients.dropLast($0)) })
            expectFailure(patients, .mismatch, "rank 1 has other patients")
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.isEmpty)
        }
    }

    @Test func samplesThatCannotBeSharedAreRefused() throws {
        let configuration = Self.configuration(12)
        for ranks in [1, 3, 6, 12] { try configuration.requireShares(of: ranks) }
        for ranks in [2, 4, 5, 24] {
            do throws(ModelError) {
                try configuration.requireShares(of: ranks)
                Issue.record("\(ranks) ranks share 12 samples")
            } catch {
                #expect(
                    error.code == .configuration && error.message.contains("start 1, 3, 6, 12 or set another batch"))
            }
        }
    }

    @Test func aRankThatIsLostEndsTheOthers() throws {
        try inFolder { folder in
            let results = LocalTransport.run(2) { transport -> ModelError? in
                let group = RankGroup(transport, timeout: 0.5)
                do throws(ModelError) {
                    let trainer = try Trainer(
                        Self.configuration(2), patients: Self.patients, outputFolder: folder.path, resume: false,
                        ranks: group)
                    var isLost = false
                    _ = try trainer.run(
                        reportEvery: 1,
                        isCancelled: {
                            // It stays away for good; a thread cannot be killed.
                            if group.rank == 1, trainer.stepsDone == 3 {
                                isLost = true
                                Thread.sleep(forTimeInterval: 2)
                            }
                            return isLost
                        }, report: { _ in })
                    return nil
                } catch {
                    return error
                }
            }
            #expect(results[0]??.code == .unanswered)
            #expect(FileManager.default.fileExists(atPath: folder.path + "/checkpoints/step-00000002.safetensors"))
        }
    }
}

/// Slices that are gone after so many readings.
private struct FailingSource: SliceSource {
    let patient: TrainingPatient
    let readings: Int
    let count = Counter()

    final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var value = 0
        func next() -> Int {
            lock.withLock {
                value += 1
                return value
            }
        }
    }

    func slices(_ indices: [Int]) throws(ModelError) -> SliceStack {
        guard count.next() <= readings else { throw ModelError(.data, "", "\(patient.name) is gone") }
        return try patient.slices(indices)
    }
}

extension TrainingPatient {
    fileprivate func failing(after readings: Int) -> TrainingPatient {
        TrainingPatient(
            name: name, subject: subject, contrasts: contrasts, scales: scales, height: height, width: width,
            brainPixels: brainPixels, source: FailingSource(patient: self, readings: readings))
    }
}
