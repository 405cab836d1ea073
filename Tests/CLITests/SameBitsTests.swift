import Crypto
import Foundation
import Metrics
import NeuralNet
import Tensors
import TestSupport
import Testing
import Volumes

/// One instruction set, one result: whatever processor the libraries below believe to be on.
struct SameBitsTests {
    /// What libraries are told: OpenBLAS to be on another processor (the program does not load it), glibc to do without
    /// fused multiply-adds, which changes the last bits of its exponentials and logarithms.
    private static func surroundings(_ instructionSet: String) -> [String: String] {
        [
            "OPENBLAS_CORETYPE": ["avx512": "SkylakeX", "avx2": "Zen"][instructionSet] ?? "Prescott",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4",
        ]
    }

    private static let compact = """
        ngf: 8
        crop: {height: 96, width: 96}
        spacing: 1.2
        steps: 20
        inputDropout: 0.25
        regressionSkip: true
        testTimeFlip: true
        weights: {cycle: 0, ssim: 0, adversarial: 0, classification: 0, reconstruction: 10, similarity: 1}
        ssimRange: 1
        optimiser: {rate: 3.0e-4, beta1: 0.5, beta2: 0.999, decay: linear}
        averaging: 0.999
        augmentation: {flip: 0.5, still: 0.5, rotation: 10, scale: 0.1, shift: 8, contrastGain: 0.05, gamma: 0.1}
        """
    private static let paper = """
        ngf: 4
        crop: {height: 96, width: 96}
        spacing: 1.2
        steps: 16
        classifierFirstSteps: 4
        weights: {cycle: 10, ssim: 1, adversarial: 1, classification: 1, reconstruction: 0}
        ssimRange: 5
        countImputationTwice: true
        optimiser: {rate: 1.0e-4, beta1: 0.5, beta2: 0.999, decay: exponential, factor: 0.99, every: 4}
        augmentation: {flip: 0.5, gain: 0.1}
        """

    /// SHA-256 of what a training, an imputation of the sample and an evaluation give, by name.
    private struct Results: Equatable {
        var hashes: [String: String] = [:]

        /// - Parameter instructionSet: a float32 set, or a unit for bfloat16, which everything is computed with then.
        init(_ instructionSet: String, _ more: [String: String] = [:], threads: Int = 2) throws {
            let environment = more.merging(["COLLAGAN_ISA": instructionSet]) { $1 }
            let threads = ["--threads", "\(threads)"]
            let precision: Precision = InstructionSet.all.contains(instructionSet) ? .float32 : .bfloat16
            let options = threads + ["--precision", precision.rawValue]
            let place = try TrainingWorkplace(SameBitsTests.compact, patients: 2, ["T1", "T1Gd", "T2", "FLAIR"])
            let work = place.work
            for (name, yaml) in [("compact", SameBitsTests.compact), ("paper", SameBitsTests.paper)] {
                try place.configure("\(yaml)\nprecision: \(precision.rawValue)")
                let run = try CLI(place.arguments(name) + threads, environment: environment)
                #expect(run.status == 0, "\(environment) \(run.errors)")
                hashes["20 steps, \(name)"] = try Self.weights(work.path("\(name)/model.safetensors"))
                hashes["losses, \(name)"] = Self.hex(Data(try Self.losses(work.data("\(name)/training.jsonl")).utf8))
            }
            try SameBitsTests.writeSample(to: work.root.appending(path: "sample"))
            let sample = try CLI(
                ["impute", work.path("sample"), "--out", work.path("imputed"), "--model", SameBitsTests.model]
                    + options,
                environment: environment)
            #expect(sample.status == 0, "\(environment) \(sample.errors)")
            hashes["sample, imputed FLAIR"] = try Self.voxels(work.path("imputed/sample/sample_FLAIR_imputed.nii.gz"))
            let evaluation = try CLI(
                ["evaluate", work.path("in/p1"), "--out", work.path("scores"), "--model", work.model, "--no-subsets"]
                    + options,
                environment: environment)
            #expect(evaluation.status == 0, "\(environment) \(evaluation.errors)")
            hashes["evaluation"] = Self.hex(try work.data("scores/metrics.csv"))
        }

        /// Of all tensors by name, of the regressions, scales and the self-check's reference.
        private static func weights(_ path: String) throws -> String {
            let file = try Safetensors.read(path)
            var hash = SHA256()
            for (name, entry) in file.tensors.sorted(by: { $0.key < $1.key }) {
                hash.update(data: Data(name.utf8))
                entry.values.withUnsafeBytes { hash.update(bufferPointer: $0) }
            }
            for key in ["regressions", "referenceScales", "selfCheck"] {
                hash.update(data: Data((file.metadata[key] ?? "").utf8))
            }
            return hex(hash.finalize())
        }

        /// What the training's log says of them, as text.
        private static func losses(_ log: Data) throws -> String {
            let text = String(decoding: log, as: UTF8.self)
            return text.matches(of: /"losses":\{[^}]*\}/).map { String($0.output) }.joined()
        }

        private static func voxels(_ path: String) throws -> String {
            hex(try NIfTIFile.read(path).volume.voxels.withUnsafeBytes { SHA256.hash(data: $0) })
        }

        private static func hex(_ data: Data) -> String { hex(SHA256.hash(data: data)) }

        private static func hex(_ digest: SHA256Digest) -> String {
            String(digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined().prefix(16))
        }
    }

    private static let root = URL(filePath: Fixtures.path("")).deletingLastPathComponent().deletingLastPathComponent()
    private static let model = root.appending(path: "Pipelines/models/collagan-multisite.safetensors").path

    /// Six axial slices of the sample patient.
    private static func writeSample(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = root.appending(path: "SampleData/missing-flair/patient26")
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path).sorted()
        where name.hasSuffix(".nii.gz") {
            let whole = try NIfTIFile.read(source.appending(path: name).path).volume
            let first = SIMD3(0, 0, whole.grid.size.z / 2)
            let size = SIMD3(whole.grid.size.x, whole.grid.size.y, 6)
            var affine = whole.grid.affine
            affine.origin = whole.grid.affine.world(SIMD3<Double>(first))
            let plane = size.x * size.y
            let voxels = Array(whole.voxels[first.z * plane..<(first.z + size.z) * plane])
            try NIfTIFile.write(
                Volume(grid: Grid(size: size, affine: affine), voxels: voxels), to: folder.appending(path: name).path)
        }
    }

    /// The hashes in `same-bits.json` are those of Swift 6.3's compiler on x86-64; where they come from:
    /// docs/explanation/numerics.md.
    @Test(arguments: InstructionSet.available) func oneResultPerInstructionSet(_ instructionSet: String) throws {
        try holds(instructionSet, as: instructionSet)
    }

    /// `emulated` has the bits of AVX-512 BF16; AMX sums in another order, for which nothing is known yet.
    @Test(arguments: ["avx512bf16", "emulated"].filter(InstructionSet.choices.contains))
    func oneResultInBFloat16(_ unit: String) throws {
        try holds(unit, as: "bfloat16")
    }

    private func holds(_ instructionSet: String, as name: String) throws {
        let results = try Results(instructionSet)
        #if arch(x86_64) && compiler(>=6.3) && compiler(<6.4)
            let known = try JSONDecoder().decode(
                [String: [String: String]].self, from: Data(contentsOf: URL(filePath: Fixtures.path("same-bits.json"))))
            #expect(results.hashes == known[name], "\(instructionSet): \(results.hashes)")
        #endif
        #expect(try Results(instructionSet, Self.surroundings(instructionSet), threads: 3) == results)
    }
}
