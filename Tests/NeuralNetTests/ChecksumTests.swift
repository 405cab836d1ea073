import Crypto
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct ChecksumTests {
    private let sample = Safetensors(
        metadata: ["k": "v"], tensors: ["a": .init(shape: [40], values: (0..<40).map { Float($0) / 7 })])

    /// The definition, taken literally.
    @Test func theChecksumIsThatOfTheFileWithZerosInItsPlace() throws {
        try withTemporaryFile { path in
            try sample.write(to: path)
            var data = try Data(contentsOf: URL(filePath: path))
            let place = try #require(data.range(of: Data(#""collagan.sha256":""#.utf8))).upperBound
            let digest = String(decoding: data[place..<place + 64], as: UTF8.self)
            data.replaceSubrange(place..<place + 64, with: Data(repeating: UInt8(ascii: "0"), count: 64))
            #expect(SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined() == digest)
        }
    }

    @Test func everyFlippedBitIsNoticed() throws {
        try withTemporaryFile { path in
            try sample.write(to: path)
            let sound = try Data(contentsOf: URL(filePath: path))
            var random = SeededGenerator(seed: 5)
            for place in sound.indices {
                var bytes = sound
                bytes[place] ^= 1 << UInt8(random.index(below: 8))
                try bytes.write(to: URL(filePath: path))
                #expect(throws: ModelError.self, "byte \(place)") { try Safetensors.read(path, needsChecksum: true) }
            }
        }
    }

    @Test func filesMadeElsewhereNeedNone() throws {
        let path = Fixtures.path("generator-ngf8/weights.safetensors")
        #expect(try !Safetensors.read(path).tensors.isEmpty)
        let refusal = #expect(throws: ModelError.self) { try Safetensors.read(path, needsChecksum: true) }
        #expect(refusal?.message.contains("checksum") == true)
    }

    @Test func aFileThatCannotBeWrittenLeavesNothing() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "taken").path
        try FileManager.default.createDirectory(atPath: path + "/inside", withIntermediateDirectories: true)
        let refusal = #expect(throws: ModelError.self) { try sample.write(to: path) }
        #expect(refusal?.code == .unwritable)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
    }
}
