import CollaGAN
import Files
import Foundation
import NeuralNet
import Pipeline
import Preprocessing
import Testing
import TestSupport

struct SliceCacheTests {
    @Test(arguments: [TrainingFolder.contrasts, ["T1", "FLAIR"], ["T2"]])
    func whatComesBackIsWhatWasPrepared(_ contrasts: [String]) throws {
        let work = try TrainingFolder()
        try work.write("p1", contrasts, seed: 1)
        let patient = try #require(try work.found().first)
        let expected = try work.prepared(patient)
        let cached = try work.cache().patient(patient, subject: "s")
        #expect(try bits(cached.stack()) == bits(expected))
        #expect(cached.name == "p1" && cached.subject == "s" && cached.contrasts == TrainingFolder.contrasts)
        #expect(cached.present == expected.images.indices.filter { expected.images[$0] != nil })
        #expect(cached.brainPixels.first == 0 && cached.brainPixels.contains { $0 > 0 })
        for order in [[2], [5, 0, 2, 2], []] {
            #expect(try bits(cached.slices(order)) == bits(expected.slices(order)))
        }
    }

    @Test func reusedByContentNotByDate() throws {
        let work = try TrainingFolder()
        try work.write("p1", ["T1", "T2"], seed: 1)
        let patient = try #require(try work.found().first)
        let cache = try work.cache()
        _ = try cache.patient(patient, subject: "p1")
        let first = try work.files(cache)
        let t1 = try #require(patient.contrasts[0])
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: t1)
        _ = try work.cache().patient(patient, subject: "p1")
        #expect(try work.files(cache) == first)

        let size = try Data(contentsOf: URL(filePath: t1)).count
        try work.write("p1", ["T1", "T2"], seed: 2)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: t1)
        let changed = try work.cache().patient(patient, subject: "p1")
        #expect(try bits(changed.stack()) == bits(try work.prepared(patient)), "\(size)")
        #expect(try Set(work.files(cache).keys).subtracting(first.keys).count == 1)
    }

    @Test func otherSettingsAreOtherFiles() throws {
        let work = try TrainingFolder()
        try work.write("p1", ["T1", "T2"], seed: 1)
        let patient = try #require(try work.found().first)
        var wider = TrainingFolder.settings
        wider.cropWidth = 112
        _ = try work.cache().patient(patient, subject: "p1")
        let other = try SliceCache(work.scratch.file("cache"), settings: wider, isShared: true)
        #expect(try other.patient(patient, subject: "p1").width == 112)
        #expect(try work.files(other).count == 2)
    }

    /// Flipped bits anywhere, cuts and additions: the file is made again, and what is read is what was prepared.
    @Test func damagedFilesAreMadeAgain() throws {
        let work = try TrainingFolder()
        try work.write("p1", ["T1", "T2"], seed: 1)
        let patient = try #require(try work.found().first)
        let expected = bits(try work.prepared(patient))
        let cache = try work.cache()
        _ = try cache.patient(patient, subject: "p1")
        let name = try #require(try work.files(cache).keys.first)
        let url = URL(filePath: "\(cache.folder)/\(name)")
        let whole = try Data(contentsOf: url)
        var random = SplitMix64(seed: 7)
        var damaged: [Data] = [Data(), whole.prefix(20), whole.prefix(60), whole.dropLast(1), whole + Data([0])]
        for place in [0, 8, 12, 15, 16, 48, 60] + (0..<20).map({ _ in Int.random(in: 0..<whole.count, using: &random) })
        {
            var data = whole
            data[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            damaged.append(data)
        }
        for _ in 0..<5 { damaged.append(whole.prefix(Int.random(in: 0..<whole.count, using: &random))) }
        for data in damaged {
            try data.write(to: url, options: .atomic)
            #expect(try bits(work.cache().patient(patient, subject: "p1").stack()) == expected)
            #expect(try Data(contentsOf: url) == whole)
        }
    }

    /// A file that changes under a running training is refused where it changed, never used.
    @Test func damageDuringTheTrainingIsRefused() throws {
        let work = try TrainingFolder()
        try work.write("p1", ["T1", "T2"], seed: 1)
        let patient = try #require(try work.found().first)
        let cache = try work.cache()
        let cached = try cache.patient(patient, subject: "p1")
        let url = URL(filePath: "\(cache.folder)/\(try #require(try work.files(cache).keys.first))")
        let whole = try Data(contentsOf: url)
        var last = whole
        last[whole.count - 100] ^= 4
        let filled = cached.brainPixels.indices.filter { cached.brainPixels[$0] > 0 }
        try last.write(to: url, options: .atomic)
        #expect(throws: Never.self) { try cached.slices([try #require(filled.first)]) }
        for data in [last, whole.dropLast(1)] {
            try data.write(to: url, options: .atomic)
            let refusal = #expect(throws: ModelError.self) { try cached.slices([try #require(filled.last)]) }
            #expect(refusal?.code == .data && refusal?.path == url.path)
        }
        try FileManager.default.removeItem(at: url)
        let refusal = #expect(throws: ModelError.self) { try cached.stack() }
        #expect(refusal?.message.contains("--resume") == true)
    }

    @Test func abandonedTemporaryFilesGo() throws {
        let work = try TrainingFolder()
        let (own, shared) = (try work.cache("own"), try work.cache("shared", isShared: true))
        for folder in [own.folder, shared.folder] {
            for (name, age) in [(".a-1.slices.77.tmp", 2.0), (".b-1.slices.78.tmp", 90_000), ("notes.tmp", 90_000)] {
                let path = "\(folder)/\(name)"
                try Data([1]).write(to: URL(filePath: path))
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
            }
        }
        _ = (try work.cache("own"), try work.cache("shared", isShared: true))
        #expect(try work.files(own).keys.sorted() == ["notes.tmp"])
        #expect(try work.files(shared).keys.sorted() == [".a-1.slices.77.tmp", "notes.tmp"])
    }

    @Test func aFolderThatCannotBeMadeIsRefused() throws {
        let work = try TrainingFolder()
        let file = try work.scratch.write([1], as: "file")
        let refusal = #expect(throws: CollaGANError.self) {
            try SliceCache(file, settings: TrainingFolder.settings, isShared: false)
        }
        #expect(refusal?.code == .unwritable && refusal?.message.contains("--cache") == true)
    }

    /// Training from the cache gives the bits of training from memory, to the last byte of model and checkpoint. One of the patients has oblong
    /// pixels and a brain larger than the crop.
    @Test func streamedTrainingEqualsTrainingInMemory() throws {
        let work = try TrainingFolder()
        try work.write("a", seed: 1)
        try work.write("b", ["T1", "T2", "FLAIR"], seed: 2, slices: 9, scale: [1.7, 1.4])
        try work.write("c", ["T1"], seed: 3)
        let patients = try work.found()
        let cache = try work.cache()
        let streamed = try patients.map { try cache.patient($0, subject: $0.name) }
        #expect(streamed.map(\.width) == [96, 112, 96])
        let held = try patients.map { TrainingPatient(name: $0.name, stack: try work.prepared($0)) }
        var configuration = TrainingConfiguration()
        (configuration.ngf, configuration.steps, configuration.batch) = (4, 4, 2)
        (configuration.classifierFirstSteps, configuration.inputDropout) = (1, 0.5)
        configuration.crop = ModelDescription.Crop(height: 96, width: 96)
        configuration.augmentation = .strong
        configuration.optimiser.rate = 1e-3
        let results = try [("streamed", streamed), ("held", held)].map { name, patients in
            let folder = work.scratch.file(name)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let trainer = try Trainer(configuration, patients: patients, outputFolder: folder, resume: false)
            #expect(try trainer.run(isCancelled: { false }, report: { _ in }))
            let checkpoints = try FileManager.default.contentsOfDirectory(
                atPath: "\(folder)/checkpoints")
            let checkpoint = try Safetensors.read("\(folder)/checkpoints/\(checkpoints[0])")
            return (
                model: try Data(contentsOf: URL(filePath: "\(folder)/\(Trainer.modelName)")),
                tensors: checkpoint.tensors
            )
        }
        #expect(results[0].model == results[1].model && results[0].tensors == results[1].tensors)
    }
}
