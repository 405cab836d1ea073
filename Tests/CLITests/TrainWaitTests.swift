import Foundation
import Testing

/// A training into a folder that another process holds.
struct TrainWaitTests {
    /// What the other leaves is looked at after the wait: a training that came to its end meanwhile is not begun anew.
    @Test func waitsAndThenLooks() throws {
        let place = try TrainingWorkplace(TrainingWorkplace.direct + "steps: 3", patients: 1)
        let work = place.work
        #expect(try place.train(out: "other").status == 0)
        try FileManager.default.createDirectory(atPath: work.path("model"), withIntermediateDirectories: true)
        let lock = open(work.path("model/.collagan.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        #expect(flock(lock, LOCK_EX) == 0)
        for more in [["--resume"], ["--resume", "--wait", "1s"]] {
            let run = try CLI(place.arguments() + more)
            #expect(run.status == 75 && run.errors.contains("another run is writing into"), "\(run.errors)")
        }
        let run = try CLI(place.arguments() + ["--resume", "--wait", "10m"], at: "waiting: ") { _ in
            for name in try FileManager.default.contentsOfDirectory(atPath: work.path("other")) {
                try FileManager.default.copyItem(
                    atPath: work.path("other/\(name)"), toPath: work.path("model/\(name)"))
            }
            close(lock)
        }
        #expect(run.status == 0 && run.errors.contains("nothing is left to do"), "\(run.errors)")
        #expect(run.errors.components(separatedBy: "waiting: ").count == 2, "\(run.errors)")
    }

    @Test func nobodyIsWaitedForInAFolderThatIsNotThere() throws {
        let place = try TrainingWorkplace(TrainingWorkplace.direct + "steps: 1", patients: 1)
        let run = try place.train("--wait", "10m")
        #expect(run.status == 0 && !run.errors.contains("waiting"))
        #expect(!place.work.exists("model/.collagan.lock"))
    }
}
