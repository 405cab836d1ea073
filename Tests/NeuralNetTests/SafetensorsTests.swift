import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite struct SafetensorsTests {
    static let sample = Safetensors(
        metadata: [
            "quotes": #"a "quoted" \ back/slash"#, "unicode": "é 漢字 👩🏽‍⚕️ \u{2028}", "control": "line\nfeed\ttab\u{1}",
            "": "", "ngf": "8",
        ],
        tensors: [
            "a.weight": .init(
                shape: [2, 3], values: [1, -2, 3.5, .leastNonzeroMagnitude, -0.0, .greatestFiniteMagnitude]),
            "scalar": .init(shape: [], values: [7]),
            "empty": .init(shape: [0, 4], values: []),
            "naïve \"name\"\n": .init(shape: [1], values: [.infinity]),
        ])

    @Test func whatWasWrittenIsRead() throws {
        try withTemporaryFile { path in
            try Self.sample.write(to: path)
            let read = try Safetensors.read(path)
            #expect(read == Self.sample)
            #expect(read.tensors["a.weight"]?.values[4].sign == .minus)
        }
    }

    @Test func bitsOfNaNSurvive() throws {
        let patterns: [UInt32] = [0x7FC0_0001, 0xFFC1_2345]
        try withTemporaryFile { path in
            let values = patterns.map { Float(bitPattern: $0) }
            try Safetensors(tensors: ["nan": .init(shape: [2], values: values)]).write(to: path)
            #expect(try Safetensors.read(path).tensors["nan"]?.values.map(\.bitPattern) == patterns)
        }
    }

    @Test func theSameContentGivesTheSameBytes() throws {
        // Built in another order.
        var other = Safetensors()
        for (key, value) in Self.sample.metadata.sorted(by: { $0.key > $1.key }) { other.metadata[key] = value }
        for (key, value) in Self.sample.tensors.sorted(by: { $0.key > $1.key }) { other.tensors[key] = value }
        try withTemporaryFile { first in
            try withTemporaryFile { second in
                try Self.sample.write(to: first)
                try other.write(to: second)
                #expect(try bytes(first) == bytes(second))
            }
        }
    }

    /// The layout of the format: 8 bytes header length, a JSON header padded to 8 bytes, then little-endian values.
    @Test func theBytesAreSafetensors() throws {
        try withTemporaryFile { path in
            let file = Safetensors(
                metadata: ["k": "v"],
                tensors: ["b": .init(shape: [1], values: [1]), "a": .init(shape: [2], values: [0.5, -2])])
            try file.write(to: path)
            let data = try bytes(path)
            let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            #expect(length % 8 == 0)
            let header = String(decoding: data[8..<8 + length], as: UTF8.self)
            let digest = try #require(header.firstMatch(of: /"collagan.sha256":"([0-9a-f]{64})"/)).1
            let expected =
                #"{"__metadata__":{"collagan.sha256":"\#(digest)","k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
                + #""b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#
            #expect(header.trimmingCharacters(in: .whitespaces) == expected)
            #expect(Array(data[(8 + length)...]) == [0, 0, 0, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x80, 0x3F])
        }
    }

    @Test func aFileOfTheReferenceImplementationIsRead() throws {
        let file = try Safetensors.read(Fixtures.path("generator-ngf8/weights.safetensors"))
        #expect(file.metadata["ngf"] == "8")
        #expect(file.tensors["generator.encoder.0.level0.conv1.weight"]?.shape == [2, 5, 3, 3])
        #expect(file.tensors["generator.decoder.level3.up.weight"]?.shape == [128, 64, 2, 2])
        #expect(file.tensors.values.allSatisfy { entry in entry.values.allSatisfy { $0.isFinite } })
    }

    @Test func integersAreConverted() throws {
        let header = #"{"i":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}}"#
        let body = [UInt8](repeating: 0xFF, count: 8) + [3, 1, 0, 0, 0, 0, 0, 0]
        try withTemporaryFile { path in
            try Data(safetensors(header, body)).write(to: URL(filePath: path))
            #expect(try Safetensors.read(path).tensors["i"]?.values == [-1, 259])
        }
    }

    @Test func filesThatAreNoneSayWhatToDo() throws {
        let missing = #expect(throws: ModelError.self) { try Safetensors.read("/nonexistent/w.safetensors") }
        #expect(missing?.code == .missing)
        #expect(missing?.path == "/nonexistent/w.safetensors")
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let directory = #expect(throws: ModelError.self) { try Safetensors.read(folder.path) }
        #expect(directory?.code == .malformed)
        let unwritable = #expect(throws: ModelError.self) {
            try Self.sample.write(to: folder.appending(path: "no/such/folder/w.safetensors").path)
        }
        #expect(unwritable?.code == .unwritable)
        for error in [missing, directory, unwritable] { #expect(error?.message.contains("\n") == false) }
    }

    @Test func writingReplacesWholeAndLeavesNothingBeside() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "w.safetensors").path
        try Data("older and much longer than it should be".utf8).write(to: URL(filePath: path))
        try Self.sample.write(to: path)
        #expect(try Safetensors.read(path) == Self.sample)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["w.safetensors"])
    }
}

/// Header length, header and body as a file's bytes.
func safetensors(_ header: String, _ body: [UInt8]) -> [UInt8] {
    let count = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8) + body
}

func withTemporaryFile(_ body: (_ path: String) throws -> Void) throws {
    let folder = try Fixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "file.safetensors").path)
}

private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
