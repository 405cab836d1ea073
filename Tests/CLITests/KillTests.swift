import Files
import Foundation
import Patients
import Pipeline
import Preparation
import Synchronization
import Testing
import TestSupport
import Volumes

/// A run stopped before any single change of its folder of results, by a kill or by an error, is finished by the next one.
struct KillTests {
    /// Lets changes happen up to one of them.
    private final class Gate: Sendable {
        private let state: Mutex<(count: Int, changes: [Disk.Change])> = Mutex((0, []))

        /// - Parameter fate: the error number that the change with this number, from 1 on, fails with; nil to let it happen.
        func disk(_ fate: @escaping @Sendable (Int) -> Int32?) -> Disk {
            Disk { change in
                self.state.withLock {
                    $0.count += 1
                    $0.changes.append(change)
                    return fate($0.count)
                }
            }
        }

        var changes: [Disk.Change] { state.withLock { $0.changes } }
    }

    /// Two prepared patients, with results on the grid of T1 as it was scanned.
    private static func preparedPatients() throws -> Workplace {
        let work = try Workplace()
        for patient in ["p1", "p2"] {
            let folder = work.path("raw/\(patient)")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (contrast, volume) in PrepareTests.scans {
                try NIfTIFile.write(volume, to: "\(folder)/\(contrast).nii.gz")
            }
            try NIfTIFile.write(HeadPhantom.brain(HeadPhantom.axial), to: "\(folder)/brainmask.nii.gz")
        }
        let settings = RunSettings(mode: .prepare, patients: work.path("raw"), output: work.path("in"))
        _ = try PrepareRunner(settings, PreparationSettings(), console: Console(quiet: true)).run()
        try run("space", work, "before", Disk())
        return work
    }

    /// Two patients; with `redo`, after results of other inputs: one contrast less of p1, another T2 of p2.
    private static func patients(redo: Bool, command: String) throws -> Workplace {
        if command == "space" { return try preparedPatients() }
        let work = try Workplace()
        func write(_ contrasts: [String], _ patient: String, seed: Int) throws {
            let folder = work.root.appending(path: "in/\(patient)")
            try Phantom.write(contrasts, to: folder, seed: seed)
            for contrast in contrasts {
                let whole = Phantom.volume(contrast, seed: seed)
                var grid = whole.grid
                grid.size.z = 2
                let slice = grid.size.x * grid.size.y
                try NIfTIFile.write(
                    Volume(grid: grid, voxels: Array(whole.voxels[2 * slice..<4 * slice])),
                    to: folder.appending(path: "\(contrast).nii.gz").path)
            }
        }
        try write(["T1", "T1Gd", "T2"], "p1", seed: 1)
        try write(["T1", "T1Gd", "FLAIR"], "p2", seed: 2)
        if redo {
            try FileManager.default.removeItem(atPath: work.path("in/p1/T1Gd.nii.gz"))
            try run(command, work, "before", Disk())
            try write(["T1Gd"], "p1", seed: 1)
            try write(["FLAIR"], "p2", seed: 9)
        }
        return work
    }

    private static func run(_ command: String, _ work: Workplace, _ folder: String, _ disk: Disk) throws {
        var settings = RunSettings(mode: .impute, patients: work.path("in"), output: work.path(folder))
        let model = try ModelFile(path: work.model)
        let console = Console(quiet: true)
        switch command {
        case "preprocess":
            _ = try PreprocessRunner(of: Runner(settings, model: model, console: console)).run(on: disk)
        case "parts":
            for number in 1...2 {
                settings.selection.part = PatientPart(number: number, count: 2)
                _ = try Runner(settings, model: model, console: console).run(on: disk)
            }
            _ = try Collector(settings.output, console: console).run(on: disk)
        case "space":
            settings.copies.space = folder == "before" ? "T1" : "FLAIR"
            _ = try Runner(settings, model: model, console: console).run(on: disk)
        default: _ = try Runner(settings, model: model, console: console).run(on: disk)
        }
    }

    /// The bytes of everything but what holds times.
    private static func bytes(_ work: Workplace, _ folder: String) throws -> [String: Data] {
        let files = work.files(folder).filter {
            !["run.json", "report.html"].contains($0) && !$0.hasPrefix(".collagan/part-")
        }
        return Dictionary(uniqueKeysWithValues: try files.map { ($0, try work.data("\(folder)/\($0)")) })
    }

    /// What a reader finds at that moment: no file that is neither the old nor the new one, nothing called done that is not.
    private static func expectTruth(
        _ work: Workplace, _ folder: String, old: [String: Data], new: [String: Data], _ moment: String
    ) throws {
        for (file, data) in try bytes(work, folder) where !FilePathParts(file).isHidden && file.contains("/") {
            #expect(data == old[file] || data == new[file], "\(moment): \(file) is neither old nor new")
        }
        guard work.exists("\(folder)/run.json") else { return }
        let entries = try work.json("\(folder)/run.json")["patients"] as? [[String: Any]] ?? []
        #expect(entries.count == 2, "\(moment)")
        let rows = work.exists("\(folder)/metrics.csv") ? CSVFile(try work.data("\(folder)/metrics.csv")).rows : nil
        // Before its own first manifest, what an earlier run says still stands.
        let isEarlier = try !old.isEmpty && work.data("\(folder)/run.json") == work.data("before/run.json")
        // Parts leave it alone until they are collected.
        if isEarlier, work.exists("\(folder)/.collagan") { return }
        for entry in entries where entry["status"] as? String == "done" {
            let name = entry["name"] as? String ?? ""
            for file in entry["files"] as? [String] ?? [] {
                let expected = isEarlier ? old[file] : new[file]
                #expect(try work.data("\(folder)/\(file)") == expected, "\(moment): \(file)")
            }
            if let rows { #expect(rows.contains { $0["patient"] == name }, "\(moment): no row of \(name)") }
        }
    }

    @Test(arguments: [("impute", false), ("impute", true), ("preprocess", true), ("parts", true), ("space", true)])
    func killedBeforeAnyChangeOfTheFolder(_ command: String, _ redo: Bool) throws {
        let work = try Self.patients(redo: redo, command: command)
        if redo { try FileManager.default.copyItem(atPath: work.path("before"), toPath: work.path("whole")) }
        let counter = Gate()
        try Self.run(command, work, "whole", counter.disk { _ in nil })
        let new = try Self.bytes(work, "whole")
        let old = redo ? try Self.bytes(work, "before") : [:]
        #expect(counter.changes.count > 40, "every change passes through the gate")
        for number in 1...counter.changes.count {
            let folder = "out-\(number)"
            let moment = "\(number) of \(counter.changes.count), \(counter.changes[number - 1])"
            if redo { try FileManager.default.copyItem(atPath: work.path("before"), toPath: work.path(folder)) }
            // From that change on nothing reaches the disk any more: what is there is what a kill leaves.
            _ = try? Self.run(command, work, folder, Gate().disk { $0 >= number ? EIO : nil })
            try Self.expectTruth(work, folder, old: old, new: new, moment)
            try Self.run(command, work, folder, Disk())
            let completed = try Self.bytes(work, folder)
            #expect(completed.keys.sorted() == new.keys.sorted(), "\(moment)")
            #expect(completed == new, "\(moment)")
            try FileManager.default.removeItem(atPath: work.path(folder))
        }
    }

    /// A full disk that has room again later; the run itself stops, or it did without what could not be written.
    @Test(arguments: [ENOSPC, EACCES])
    func anErrorAtAnyChangeOfTheFolder(_ error: Int32) throws {
        let work = try Self.patients(redo: false, command: "impute")
        let counter = Gate()
        try Self.run("impute", work, "whole", counter.disk { _ in nil })
        let new = try Self.bytes(work, "whole")
        for number in 1...counter.changes.count {
            let folder = "out-\(number)"
            let moment = "\(number) of \(counter.changes.count), \(counter.changes[number - 1])"
            var problem: CollaGANError?
            do { try Self.run("impute", work, folder, Gate().disk { $0 == number ? error : nil }) } catch {
                problem = error as? CollaGANError
            }
            try Self.expectTruth(work, folder, old: [:], new: new, moment)
            if work.exists("\(folder)/run.json") {
                let manifest = try work.json("\(folder)/run.json")
                #expect((manifest["state"] as? String == "stopped") == (problem != nil), "\(moment)")
                let statuses = try work.statuses(folder)
                if problem != nil { #expect(!statuses.values.contains("running"), "\(moment)") }
                for (patient, status) in statuses where status == "failed" {
                    #expect(error == EACCES && !work.exists("\(folder)/\(patient)/metrics.json"), "\(moment)")
                }
            }
            #expect(work.files(folder).allSatisfy { !$0.contains(".partial/") } || problem == nil, "\(moment)")
            try Self.run("impute", work, folder, Disk())
            #expect(try Self.bytes(work, folder) == new, "\(moment)")
            try FileManager.default.removeItem(atPath: work.path(folder))
        }
    }
}

/// Components of a relative path.
private struct FilePathParts {
    let isHidden: Bool

    init(_ path: String) {
        isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
    }
}
