import Foundation

/// A folder for one test, gone with this object.
package final class Scratch {
    /// Path of the folder.
    package let path: String

    /// Makes the folder.
    package init() throws { path = try Fixtures.temporaryFolder().path }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Path of a file in it.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file in it and returns its path.
    package func write(_ bytes: [UInt8], as name: String) throws -> String {
        let path = file(name)
        // Some file systems flush a file that is overwritten at once, which is slow; a new one they do not.
        unlink(path)
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    /// The bytes of a file in it.
    package func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: file(name)))) }

    /// Names of the files in it, hidden ones too, sorted.
    package func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
