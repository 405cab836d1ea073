import Files
import Foundation
import Pipeline
import Preparation
import Synchronization
import TestSupport
import Testing
import Volumes

/// A preparation stopped before any change of its folder is finished by the next one, to the same bytes.
struct PrepareKillTests {
    private static func run(_ work: Workplace, _ folder: String, _ disk: Disk) throws {
        var settings = RunSettings(mode: .prepare, patients: work.path("in"), output: work.path(folder))
        // A process that another test starts at the moment may still hold the lock.
        settings.waiting = .seconds(20)
        _ = try PrepareRunner(settings, PreparationSettings(), console: Console(quiet: true)).run(on: disk)
    }

    private static func bytes(_ work: Workplace, _ folder: String) throws -> [String: Data] {
        Dictionary(
            uniqueKeysWithValues: try work.files(folder).filter { $0 != "run.json" }.map {
                ($0, try work.data("\(folder)/\($0)"))
            })
    }

    @Test func killedBeforeAnyChangeOfTheFolder() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p1"), seed: 1)
        try Phantom.write(["T1"], to: work.root.appending(path: "in/p2"), seed: 2)
        let changes = Mutex(0)
        try Self.run(
            work, "whole",
            Disk { _ in
                changes.withLock { $0 += 1 }; return nil
            })
        let (new, count) = (try Self.bytes(work, "whole"), changes.withLock { $0 })
        #expect(new.count == 11 && count > 40, "\(new.keys.sorted()), \(count)")
        for number in 1...count {
            let folder = "out-\(number)"
            let done = Mutex(0)
            _ = try? Self.run(
                work, folder,
                Disk { _ in
                    done.withLock {
                        $0 += 1
                        return $0 >= number ? EIO : nil
                    }
                })
            // No patient's record without all of its files.
            for patient in ["p1", "p2"] where work.exists("\(folder)/\(patient)/preparation.json") {
                for (file, data) in new where file.hasPrefix(patient) {
                    #expect(try work.data("\(folder)/\(file)") == data, "\(number): \(file)")
                }
            }
            try Self.run(work, folder, Disk())
            #expect(try Self.bytes(work, folder) == new, "\(number) of \(count)")
            try FileManager.default.removeItem(atPath: work.path(folder))
        }
    }
}
