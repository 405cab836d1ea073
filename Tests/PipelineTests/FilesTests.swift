import Files
import Foundation
import Pipeline
import Testing
import TestSupport

struct FilesTests {
    @Test func atomicWriteReplacesAndLeavesNothingBeside() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.txt").path
        try AtomicFile.write("first", to: path)
        try AtomicFile.write("second", to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.txt"])
    }

    @Test func failedWriteLeavesTheOldFileAndNoTemporary() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let occupied = folder.appending(path: "taken").path
        try FileManager.default.createDirectory(atPath: occupied + "/inside", withIntermediateDirectories: true)
        let error = #expect(throws: CollaGANError.self) { try AtomicFile.write("x", to: occupied) }
        #expect(error?.code == .unwritable)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
        #expect(throws: CollaGANError.self) { try AtomicFile.write("x", to: folder.path + "/no/such/file") }
    }

    @Test func csvQuotesAsRFC4180() {
        var table = CSVTable(columns: ["patient", "note"])
        table.append(["patient": "a,b", "note": "said \"no\"\nand left", "unknown": "x"])
        table.append(["patient": "c"])
        #expect(table.text() == "patient,note\r\n\"a,b\",\"said \"\"no\"\"\nand left\"\r\nc,\r\n")
    }

    @Test func hashesOfKnownBytes() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "abc").path
        try AtomicFile.write("abc", to: path)
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(try FileHash.sha256(path) == expected)
        #expect(FileHash.sha256(of: Data("abc".utf8)) == expected)
        try AtomicFile.write(Data(repeating: 97, count: 1_000_000), to: path)
        #expect(try FileHash.sha256(path) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        #expect(throws: CollaGANError.self) { try FileHash.sha256(path + "-missing") }
    }

    @Test func pipesAndDevicesAreNoFiles() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let pipe = folder.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [pipe, "/dev/zero", folder.path] {
            let error = #expect(throws: CollaGANError.self) { try FileHash.sha256(path) }
            #expect(error?.code == .unreadable && error?.message.contains("not a file") == true)
        }
        #expect(JSONFile.read([String].self, from: pipe) == nil)
    }

    @Test func jsonIsStableAndKeepsNumbersThatJSONLacks() throws {
        let text = String(decoding: try JSONFile.encode(["b": 1.5, "a": Double.infinity]), as: UTF8.self)
        #expect(text == "{\n  \"a\" : \"inf\",\n  \"b\" : 1.5\n}\n")
    }
}
