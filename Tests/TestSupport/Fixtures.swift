import Foundation

/// Files the tests compare with, and real patients where they are at hand.
package enum Fixtures {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// A file below `Tests/Fixtures`.
    package static func path(_ relative: String) -> String {
        root.appending(path: "Fixtures/\(relative)").path
    }

    /// A folder of real patients beside the checkout, nil where it is not there (the test is then skipped).
    package static func sharedData(_ relative: String) -> String? {
        let path = root.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared/data/\(relative)").path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// A fresh folder for one test; remove it with `defer`.
    package static func temporaryFolder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "collagan-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }
}
