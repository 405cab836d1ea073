import Foundation
import TestSupport
import Testing

/// The prepared patients of a training, as a user meets them.
struct TrainCacheTests {
    private func place(patients: Int = 2) throws -> TrainingWorkplace {
        try TrainingWorkplace(TrainingWorkplace.direct + "steps: 1", patients: patients)
    }

    private func inodes(_ work: Workplace, _ folder: String) throws -> [Int] {
        try work.files(folder).map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: work.path("\(folder)/\(name)"))
            return (attributes[.systemFileNumber] as? NSNumber)?.intValue ?? 0
        }
    }

    @Test func preparedOnceAndSharedBetweenTrainings() throws {
        let place = try place()
        let work = place.work
        let first = try place.train("--cache", work.path("shared"), out: "one")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.errors.contains("preparing 2 patients once, about"))
        let files = try inodes(work, "shared")
        #expect(files.count == 2 && !work.exists("one/cache"))
        let second = try place.train("--cache", work.path("shared"), out: "two")
        #expect(second.status == 0 && !second.errors.contains("preparing"))
        #expect(try inodes(work, "shared") == files)
        #expect(try work.data("one/model.safetensors") == work.data("two/model.safetensors"))
    }

    @Test func whatIsNotNeededGoes() throws {
        let place = try place()
        let work = place.work
        #expect(try place.train().status == 0)
        let before = work.files("model/cache")
        try place.add("p2", seed: 9)
        #expect(try place.train("--overwrite").status == 0)
        let after = work.files("model/cache")
        #expect(after.count == 2 && after[0] == before[0] && after[1] != before[1])
    }

    /// A limit on the size of files stands in for a full disk: the write fails in the middle.
    @Test(.disabled(if: Sanitizer.isOn, "ThreadSanitizer's memory is a file"))
    func aWriteThatFailsIsOneLine() throws {
        let place = try place()
        let work = place.work
        let run = try Shell(largestFile: 200, place.arguments())
        #expect(run.status == 2)
        #expect(run.errorLines.count == 1 && run.errorLines[0].contains("cannot be written"), "\(run.text)")
        #expect(run.text.contains("raise the limit"))
        #expect(work.files("model").isEmpty)
    }

    /// Whether the signal comes while patients are prepared, while the regressions are fitted or just after.
    @Test(arguments: ["preparing", "fitting"]) func interruptedBeforeTheFirstStep(_ sign: String) throws {
        let (place, run) = try CLI.caught(from: 30) { count in
            let place = try self.place(patients: count)
            return (place, try CLI(place.arguments(), interruptedAt: sign))
        }
        #expect(run.status == 130, "\(run.errors)")
        let hasBegun = place.work.exists("model/checkpoints")
        #expect(run.errors.contains(hasBegun ? "go on with --resume" : "run the same command again"))
        let left = place.work.files("model")
        #expect(left.allSatisfy { !$0.hasSuffix(".tmp") && (hasBegun || $0.hasPrefix("cache/")) }, "\(left)")
        #expect(try place.train("--resume").status == 0)
        let patients = try FileManager.default.contentsOfDirectory(atPath: place.work.path("in")).count
        #expect(place.work.files("model/cache").count == patients)
    }

    /// What an earlier training left stays as it was until the new one begins.
    @Test func overwritingThatIsInterruptedTouchesNothing() throws {
        let ((place, before), run) = try CLI.caught(from: 30) { count in
            let place = try self.place(patients: count)
            #expect(try place.train().status == 0)
            let before = try place.results()
            let coarser = TrainingWorkplace.direct.replacingOccurrences(of: "spacing: 1.2", with: "spacing: 1.4")
            try place.configure(coarser + "steps: 1")
            let sign = "preparing \(count) patients"
            return ((place, before), try CLI(place.arguments() + ["--overwrite"], interruptedAt: sign))
        }
        #expect(run.status == 130 && run.errors.contains("interrupted before the first step"), "\(run.errors)")
        #expect(try place.results() == before)
        let replaced = try place.train("--overwrite")
        #expect(replaced.status == 0 && replaced.errors.contains("of the earlier training are removed now"))
        #expect(try place.results()["model.safetensors"] != before["model.safetensors"])
    }
}

extension TrainingWorkplace {
    /// Everything a training left but the prepared patients.
    fileprivate func results() throws -> [String: Data] {
        let names = work.files("model").filter { !$0.hasPrefix("cache/") }
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try work.data("model/\($0)")) })
    }
}
