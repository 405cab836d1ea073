import Foundation
import TestSupport

/// The golden generator's weights (ngf 8) with a small crop, reference scales and one regression, so that tests are quick.
enum TinyModel {
    static let referenceScales = [500.0, 600, 700, 800]

    /// Writes the weight file into `folder` and returns its path.
    static func write(to folder: URL, referenceScales: [Double] = referenceScales) throws -> String {
        let source = try Data(contentsOf: URL(filePath: Fixtures.path("generator-ngf8/weights.safetensors")))
        let length = source.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        var header = try JSONSerialization.jsonObject(with: source[8..<8 + length]) as? [String: Any] ?? [:]
        var metadata = header["__metadata__"] as? [String: String] ?? [:]
        metadata["name"] = "tiny"
        metadata["crop"] = "64x48"
        metadata["spacing"] = "1.2"
        metadata["contrasts"] = "T1,T1Gd,T2,FLAIR"
        metadata["referenceScales"] = "\(referenceScales)"
        metadata["regressions"] =
            #"[{"target": 3, "inputs": [0, 1, 2], "coefficients": [0.1, 0.2, 0.3, 0.1, 0, 0, 0, 0, 0, 0.1]}]"#
        header["__metadata__"] = metadata
        var text = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
        text.append(Data(repeating: 0x20, count: (8 - text.count % 8) % 8))
        let size = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
        let url = folder.appending(path: "tiny.safetensors")
        try (size + text + source[(8 + length)...]).write(to: url)
        return url.path
    }
}

/// A folder for one test with the tiny model in it; gone when it is let go.
final class Workplace {
    let root: URL
    let model: String

    init() throws {
        root = try Fixtures.temporaryFolder()
        model = try TinyModel.write(to: root)
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// A path below the folder.
    func path(_ relative: String) -> String { root.appending(path: relative).path }

    /// All files and folders below `relative`, sorted; folders are left out.
    func files(_ relative: String) -> [String] {
        (FileManager.default.enumerator(atPath: path(relative))?.allObjects as? [String] ?? []).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path("\(relative)/\($0)"), isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    func exists(_ relative: String) -> Bool { FileManager.default.fileExists(atPath: path(relative)) }

    func data(_ relative: String) throws -> Data { try Data(contentsOf: root.appending(path: relative)) }

    func json(_ relative: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: data(relative)) as? [String: Any] ?? [:]
    }

    /// Status of every patient in `run.json`.
    func statuses(_ relative: String) throws -> [String: String] {
        let patients = try json("\(relative)/run.json")["patients"] as? [[String: Any]] ?? []
        return Dictionary(
            uniqueKeysWithValues: patients.map { ($0["name"] as? String ?? "", $0["status"] as? String ?? "") })
    }
}
