import BrainExtraction
import Crypto
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

/// The two networks against PyTorch's (Tests/CrossChecks/brain_golden.py).
struct NetworkTests {
    static let path = URL(filePath: Fixtures.path("")).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Pipelines/models/brain/deepbet-1.0.2.safetensors").path

    /// 64,32,96,1.
    static let volume: Tensor = {
        var values: [Float] = []
        for k in 0..<64 {
            for j in 0..<32 {
                for i in 0..<96 {
                    values.append(Float((i * 73 + j * 151 + k * 199 + i * j * 17 + j * k * 29) % 256) / 128 - 1)
                }
            }
        }
        return Tensor(Shape(64, 32, 96, 1), values)
    }()

    private static func network(_ name: String) throws -> LinkNet {
        try LinkNet(try Safetensors.read(path, needsChecksum: true), prefix: name, path: path)
    }

    @Test(arguments: ["box", "brain"]) func everyPartIsPyTorchs(_ name: String) throws {
        let golden = try Safetensors.read(Fixtures.path("brain/network.safetensors"), needsChecksum: true).tensors
        var seen = 0
        func compare(_ part: String, _ tensor: Tensor) throws {
            let expected = try #require(golden["\(name).\(part)"]).values
            let values = tensor.array()
            let step = max(1, values.count / (part == "logits" ? 1024 : 256)) | 1
            let sample = stride(from: 0, to: values.count, by: step).map { values[$0] }
            #expect(sample.count == expected.count)
            let (difference, size) = zip(sample, expected).reduce((0.0, 0.0)) { sums, pair in
                let difference = Double(pair.0 - pair.1)
                return (sums.0 + difference * difference, sums.1 + Double(pair.1 * pair.1))
            }
            let error = (difference / size).squareRoot()
            #expect(Spread.isWithin(error, 1e-5, "brain network, \(part)"), "\(name).\(part): \(error)")
            seen += 1
        }
        var parts: [(String, Tensor)] = []
        let logits = try Self.network(name).logits(Self.volume) { parts.append(($0, $1)) }
        for (part, tensor) in parts { try compare(part, tensor) }
        try compare("logits", logits)
        #expect(seen == 10 && golden.count == 20)
    }

    /// The hashes are those of Swift 6.3's compiler on x86-64.
    @Test func oneResultForAnyNumberOfThreadsAndInstructionSet() throws {
        let network = try Self.network("brain")
        let results = [1, 2, 3].map { threads in
            Parallel.withThreads(threads) { network.logits(Self.volume).array() }
        }
        #expect(results[1] == results[0] && results[2] == results[0])
        #if arch(x86_64) && compiler(>=6.3) && compiler(<6.4)
            let hash = results[0].withUnsafeBytes { SHA256.hash(data: $0) }.description.suffix(64).prefix(16)
            let known = try JSONDecoder().decode(
                [String: String].self, from: Data(contentsOf: URL(filePath: Fixtures.path("brain/same-bits.json"))))
            #expect(hash == known[InstructionSet.current] ?? "", "\(InstructionSet.current): \(hash)")
        #endif
    }

    @Test func theShippedFileIsFoundAndNoGenerator() throws {
        let program = URL(filePath: Self.path).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/release/collagan").path
        let shipped = try BrainExtraction.shippedPath(environment: [:], executable: program)
        #expect(shipped.hasSuffix("/Pipelines/models/brain/deepbet-1.0.2.safetensors"))
        let named = try BrainExtraction.shippedPath(
            environment: [BrainExtraction.variable: Self.path], executable: "/x/y")
        #expect(named == Self.path)
        #expect(throws: ModelError.self) { try BrainExtraction.shippedPath(environment: [:], executable: "/x/y") }
        #expect(throws: ModelError.self) {
            try BrainExtraction.shippedPath(environment: [BrainExtraction.variable: "/no/file"], executable: program)
        }
    }
}
