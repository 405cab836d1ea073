import Foundation
import TestSupport

/// The golden generator's weights (ngf 8) with a small crop, reference scales and one regression, so that tests are quick.
enum TinyModel {
    static let referenceScales = [500.0, 600, 700, 800]

    /// Writes the weight file into `folder` and returns its path.
    static func write(to folder: URL, referenceScales: [Double] = referenceScales) throws -> String {
        let path = folder.appending(path: "tiny.safetensors").path
        let regressions =
            #"[{"target": 3, "inputs": [0, 1, 2], "coefficients": [0.1, 0.2, 0.3, 0.1, 0, 0, 0, 0, 0, 0.1]}]"#
        try WeightFileSurgery.copy(
            Fixtures.path("generator-ngf8/weights.safetensors"), to: path,
            metadata: [
                "name": "tiny", "crop": "64x48", "spacing": "1.2", "contrasts": "T1,T1Gd,T2,FLAIR",
                "referenceScales": "\(referenceScales)", "regressions": regressions,
            ])
        return path
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
