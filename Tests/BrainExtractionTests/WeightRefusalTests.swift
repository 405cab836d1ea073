import BrainExtraction
import Foundation
import NeuralNet
import TestSupport
import Testing

/// Files that are not the networks' weights are refused with one line that names them.
struct WeightRefusalTests {
    private func refusal(_ path: String) -> ModelError? {
        do {
            _ = try BrainExtraction(contentsOf: path)
            return nil
        } catch {
            return error
        }
    }

    /// What a changed copy of the shipped file is refused with.
    private func refusal(_ change: (inout Safetensors) -> Void) throws -> ModelError? {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var file = try Safetensors.read(NetworkTests.path)
        change(&file)
        let path = folder.appending(path: "w.safetensors").path
        try file.write(to: path)
        return refusal(path)
    }

    private func isOneLine(_ error: ModelError?, _ code: ModelError.Code, _ words: String) -> Bool {
        guard let error else { return false }
        return error.code == code && error.message.contains(words) && !error.message.contains("\n")
            && error.message.contains(".safetensors: ")
    }

    @Test func whatIsNotThereOrNoGenerator() throws {
        #expect(isOneLine(refusal("/no/such.safetensors"), .missing, "no such file"))
        let generator = URL(filePath: NetworkTests.path).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "collagan-multisite.safetensors").path
        #expect(isOneLine(refusal(generator), .mismatch, "not a weight file of the brain network"))
    }

    @Test func damagedFiles() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try Data(contentsOf: URL(filePath: NetworkTests.path))
        let path = folder.appending(path: "w.safetensors").path
        func refused(_ data: Data) throws -> ModelError? {
            try data.write(to: URL(filePath: path))
            return refusal(path)
        }
        for length in [0, 7, 1000, whole.count - 1] {
            #expect(isOneLine(try refused(whole.prefix(length)), .malformed, "fetch it again"), "\(length) bytes")
        }
        var changed = whole
        changed[whole.count / 2] ^= 1
        #expect(isOneLine(try refused(changed), .malformed, "does not match its checksum"))
    }

    @Test func tensorsThatAreOthers() throws {
        let name = "brain.encoder.2.block0.shortcut.weight"
        #expect(isOneLine(try refusal { $0.tensors[name] = nil }, .mismatch, "no tensor '\(name)'"))
        let turned = try refusal { $0.tensors[name]?.shape = [1, 1, 1, 64, 32] }
        #expect(isOneLine(turned, .mismatch, "shape [1, 1, 1, 64, 32] instead of [1, 1, 1, 32, 64]"))
        let grown = try refusal { $0.tensors["box.head.classes.bias"] = .init(shape: [3], values: [0, 0, 0]) }
        #expect(isOneLine(grown, .mismatch, "shape [3] instead of [2]"))
        for value in [Float.nan, .infinity] {
            let infinite = try refusal { $0.tensors[name]?.values[5] = value }
            #expect(isOneLine(infinite, .malformed, "not finite"))
        }
    }
}
