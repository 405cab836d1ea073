import Foundation
import Patients
import Pipeline
import TestSupport

/// A folder of empty files, folders and links for one search; gone when it is let go.
final class FileTree {
    static let contrasts = ["T1", "T1Gd", "T2", "FLAIR"]

    let root: URL

    /// - Parameter entries: a file; `folder/`; `link -> target`, relative to the link's folder; `file = text`.
    init(_ entries: [String]) throws {
        root = try Fixtures.temporaryFolder()
        for entry in entries {
            if let arrow = entry.range(of: " -> ") {
                let url = try place(String(entry[..<arrow.lowerBound]))
                try FileManager.default.createSymbolicLink(
                    atPath: url.path, withDestinationPath: String(entry[arrow.upperBound...]))
            } else if let equals = entry.range(of: " = ") {
                try Data(entry[equals.upperBound...].utf8).write(to: place(String(entry[..<equals.lowerBound])))
            } else if entry.hasSuffix("/") {
                try FileManager.default.createDirectory(
                    at: root.appending(path: entry), withIntermediateDirectories: true)
            } else {
                try Data().write(to: place(entry))
            }
        }
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    private func place(_ relative: String) throws -> URL {
        let url = root.appending(path: relative)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        return url
    }

    func search(
        _ sub: String = "", layout: Layout = .auto, patterns: [String] = [], excluding: String? = nil
    ) throws -> PatientDiscovery.Found {
        let discovery = try PatientDiscovery(
            contrasts: Self.contrasts, patterns: patterns.compactMap(FilePattern.init(argument:)), layout: layout,
            excludedFolder: excluding.map { root.path + "/" + $0 })
        return try discovery.search(sub.isEmpty ? root.path : root.path + "/" + sub)
    }

    /// "p1: T1 FLAIR mask", "p2: !noPatient".
    static func summary(_ patients: [Patient]) -> [String] {
        patients.map { patient in
            let names = patient.available.map { contrasts[$0] }
            let masks = [patient.brainMask == nil ? nil : "mask", patient.lesion == nil ? nil : "lesion"]
            let problem = patient.problem.map { "!\($0.code.rawValue)" }
            return ([patient.name + ":"] + names + masks.compactMap { $0 } + [problem].compactMap { $0 })
                .joined(separator: " ")
        }
    }
}
