import CollaGAN
import Foundation
import TestSupport

/// One training in a folder of its own, gone when it is let go.
final class Training {
    let folder: URL
    var configuration = tinyConfiguration()
    var patients = [syntheticPatient("a", seed: 1), syntheticPatient("b", seed: 2, missing: [1])]
    var validation: [TrainingPatient] = []
    /// What it starts from.
    var origin: CollaGANModel?

    /// What the last run told.
    private(set) var events: [TrainingEvent] = []
    private(set) var warnings: [String] = []

    init() throws {
        folder = try Fixtures.temporaryFolder()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs until cancelled at the given question, or to the end.
    @discardableResult
    func run(resume: Bool = false, stopAt question: Int = .max) throws -> Bool {
        let trainer = try Trainer(
            configuration, patients: patients, validation: validation, from: origin, outputFolder: folder.path,
            resume: resume)
        (events, warnings) = ([], trainer.warnings)
        var questions = 0
        return try trainer.run(
            reportEvery: 1,
            isCancelled: {
                questions += 1
                return questions >= question
            }, report: { events.append($0) })
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// Names of the checkpoints, sorted.
    var checkpoints: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path("checkpoints"))) ?? []).sorted()
    }

    var validations: [ValidationResult] {
        events.compactMap { if case .validation(let result) = $0 { result } else { nil } }
    }
}
