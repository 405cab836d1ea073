import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

/// Whatever the bytes, reading returns or throws one line that names the file: it never traps.
@Suite struct SafetensorsCorruptionTests {
    @Test(arguments: 0..<8) func mutatedFilesNeverTrap(seed: UInt64) throws {
        try withTemporaryFile { path in
            try SafetensorsTests.sample.write(to: path)
            let sound = Array(try Data(contentsOf: URL(filePath: path)))
            var generator = SeededGenerator(seed: seed)
            var refused = 0
            for _ in 0..<600 {
                var bytes = sound
                for _ in 0...generator.index(below: 3) { mutate(&bytes, &generator) }
                if try !isReadable(bytes, path) { refused += 1 }
            }
            #expect(refused > 300, "most damage is noticed")
        }
    }

    @Test func everyTruncationIsNoticed() throws {
        try withTemporaryFile { path in
            // Its last tensor has values, so every byte is needed.
            var file = SafetensorsTests.sample
            file.tensors["z"] = .init(shape: [3], values: [1, 2, 3])
            try file.write(to: path)
            let sound = Array(try Data(contentsOf: URL(filePath: path)))
            #expect(try isReadable(sound, path))
            for count in 0..<sound.count {
                let survived = try isReadable(Array(sound[..<count]), path)
                #expect(!survived, "\(count) bytes")
            }
        }
    }

    @Test(arguments: [
        "", "[]", "null", "{", "7", #""text""#, #"{"a":1}"#, #"{"a":{}}"#, #"{"a":null}"#, #"{"__metadata__":7}"#,
        #"{"__metadata__":{"k":7}}"#, "\u{FEFF}{", String(repeating: "[", count: 100_000),
        String(repeating: #"{"a":"#, count: 50_000),
    ])
    func headersThatAreNoneAreRefused(_ header: String) throws {
        try expectRefused(header, body: 64)
    }

    /// The file has 64 bytes of values.
    @Test(arguments: [
        // Shapes
        ("[9223372036854775807,2]", "[0,64]"), ("[4611686018427387904,4]", "[0,0]"),
        ("[4294967296,4294967296]", "[0,0]"),
        ("[-1]", "[0,64]"), ("[-4,-4]", "[0,64]"), ("[16.5]", "[0,64]"), ("[1e30]", "[0,64]"), ("[\"16\"]", "[0,64]"),
        ("[[16]]", "[0,64]"), ("16", "[0,64]"), ("null", "[0,64]"), ("[99999999999999999999999]", "[0,64]"),
        ("[1000000]", "[0,4000000]"), ("[17]", "[0,64]"), ("[15]", "[0,64]"), ("[]", "[0,64]"),
        // Offsets
        ("[16]", "[-64,0]"), ("[16]", "[64,0]"), ("[16]", "[0,68]"), ("[16]", "[4,68]"), ("[16]", "[0]"),
        ("[16]", "[]"),
        ("[16]", "[0,64,64]"), ("[16]", "[9223372036854775743,9223372036854775807]"), ("[16]", "[\"0\",\"64\"]"),
        ("[16]", "null"), ("[0]", "[9223372036854775807,9223372036854775807]"), ("[0]", "[65,65]"),
        ("[16]", "[-9223372036854775808,9223372036854775807]"), ("[16]", "[0,1e400]"), ("[4]", "[0.5,16.5]"),
    ])
    func impossibleShapesAndOffsetsAreRefused(shape: String, offsets: String) throws {
        try expectRefused(#"{"a":{"dtype":"F32","shape":\#(shape),"data_offsets":\#(offsets)}}"#, body: 64)
    }

    @Test(arguments: ["F64", "BF16", "F16", "I8", "", "f32"]) func otherElementTypesAreUnsupported(_ type: String)
        throws
    {
        let error = try expectRefused(
            #"{"a":{"dtype":"\#(type)","shape":[8],"data_offsets":[0,64]}}"#, body: 64)
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("'a'") == true)
    }

    @Test(arguments: [UInt64.max, 1 << 63, 1 << 62, 100_000_000, 65]) func headersBeyondTheFileAreRefused(
        length: UInt64
    ) throws {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + [UInt8](repeating: 0x20, count: 64)
        try withTemporaryFile { path in
            let survived = try isReadable(bytes, path)
            #expect(!survived)
        }
    }

    @Test(arguments: [("[0,32]", "[28,60]"), ("[0,32]", "[0,32]"), ("[16,48]", "[0,32]")])
    func tensorsMustNotOverlap(first: String, second: String) throws {
        try expectRefused(twoTensors(first, second), body: 64)
    }

    @Test func tensorsMayComeInAnyOrder() throws {
        try withTemporaryFile { path in
            let isSound = try isReadable(safetensors(twoTensors("[32,64]", "[0,32]"), zeros(64)), path)
            #expect(isSound)
        }
    }

    private func twoTensors(_ first: String, _ second: String) -> String {
        #"{"a":{"dtype":"F32","shape":[8],"data_offsets":\#(first)},"#
            + #""b":{"dtype":"F32","shape":[8],"data_offsets":\#(second)}}"#
    }

    private func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

    /// A small file must not ask for memory many times its size.
    @Test func manyTensorsOverTheSameBytesAreRefused() throws {
        let entries = (0..<200).map { #""t\#($0)":{"dtype":"F32","shape":[262144],"data_offsets":[0,1048576]}"# }
        try expectRefused("{\(entries.joined(separator: ","))}", body: 1 << 20)
    }

    @Test func namesFromOutsideStayOnOneLine() throws {
        let name = #"first\nsecond\r\u2028third\u001b[31m"#
        for entry in [
            #"{"dtype":"F64","shape":[8],"data_offsets":[0,64]}"#,
            #"{"dtype":"F32","shape":[9],"data_offsets":[0,64]}"#,
            "{}",
        ] {
            let error = try expectRefused(#"{"\#(name)":\#(entry)}"#, body: 64)
            #expect(error?.message.contains("second") == true)
        }
    }

    @discardableResult
    private func expectRefused(_ header: String, body: Int) throws -> ModelError? {
        var error: ModelError?
        try withTemporaryFile { path in
            let bytes = safetensors(header, zeros(body))
            try Data(bytes).write(to: URL(filePath: path))
            error = #expect(throws: ModelError.self) { try Safetensors.read(path) }
            if let error { expectOneLine(error, path) }
        }
        return error
    }

    private func isReadable(_ bytes: [UInt8], _ path: String) throws -> Bool {
        try Data(bytes).write(to: URL(filePath: path))
        do throws(ModelError) {
            let file = try Safetensors.read(path)
            for (name, entry) in file.tensors {
                #expect(entry.values.count == entry.shape.reduce(1, *), "\(name)")
            }
            return true
        } catch {
            expectOneLine(error, path)
            return false
        }
    }

    private func expectOneLine(_ error: ModelError, _ path: String) {
        #expect(error.path == path)
        #expect(error.message.hasPrefix(path))
        let breaks: Set<Unicode.GeneralCategory> = [.control, .lineSeparator, .paragraphSeparator]
        let isOneLine = error.message.unicodeScalars.allSatisfy { !breaks.contains($0.properties.generalCategory) }
        #expect(isOneLine)
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard bytes.count > 1 else { return }
        // Most faults go into the header, where they hurt.
        let place = generator.index(below: generator.index(below: 4) == 0 ? bytes.count : min(bytes.count, 400))
        switch generator.index(below: 6) {
        case 0: bytes.removeLast(generator.index(below: bytes.count))
        case 1: bytes[place] ^= 1 << UInt8(generator.index(below: 8))
        case 2: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        case 3: bytes.insert(Array("0123456789-[]{},:\"eE.\\".utf8).randomElement(using: &generator)!, at: place)
        case 4: bytes.remove(at: place)
        default:
            // Another digit for a digit.
            let digits = bytes.indices.filter { $0 >= 8 && (48...57).contains(bytes[$0]) }
            guard let digit = digits.randomElement(using: &generator) else { return }
            bytes[digit] = UInt8(48 + generator.index(below: 10))
        }
    }
}
