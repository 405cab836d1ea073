import Foundation
import TestSupport
import Testing

/// The split by patient: written once, obeyed, refused where it leaks or does not fit.
struct TrainSplitTests {
    private static let configuration = TrainingWorkplace.direct + "steps: 1\n"

    /// A folder with patients of T1 and T2 and a configuration.
    private struct Cohort {
        let place: TrainingWorkplace
        var work: Workplace { place.work }

        init(_ patients: [String], _ yaml: String = "") throws {
            place = try TrainingWorkplace(TrainSplitTests.configuration + yaml)
            for patient in patients { try add(patient) }
        }

        func add(_ patient: String, _ contrasts: [String] = ["T1", "T2"]) throws {
            // Seeds with which no T1 of one patient is the T2 of another.
            let names = ["a", "b", "c", "d", "c1", "p1_s1", "p1_s2", "p2_s1", "p3_s1", "p4_s1"]
            let seed = try #require(names.firstIndex(of: patient)) % 5 * 5
            try place.add(patient, contrasts, seed: seed)
        }

        func configure(_ yaml: String) throws { try place.configure(TrainSplitTests.configuration + yaml) }

        func train(_ more: String..., out: String = "model") throws -> CLI {
            try CLI(place.arguments(out) + ["--json"] + more)
        }

        func parts(_ file: String = "model/split.json") throws -> [String: String] { try place.parts(file) }
    }

    private func expectRefusal(_ run: CLI, _ says: String) {
        #expect(run.status == 2)
        #expect(run.errorLines.count == 1 && run.errors.contains(says), "\(run.errors)")
    }

    @Test func listedPatientsAreNotTrainedOn() throws {
        let cohort = try Cohort(
            ["p1_s1", "p1_s2", "p2_s1", "p3_s1", "p4_s1"],
            "split: {validation: [p1], test: [p4_s1], subject: '^p[0-9]+'}")
        // A test patient's files are hashed, not read as images.
        try Data("no image".utf8).write(to: cohort.work.root.appending(path: "in/p4_s1/T1.nii.gz"))
        let run = try cohort.train()
        #expect(run.status == 0, "\(run.errors)")
        #expect(try run.json()["patients"] as? [String] == ["p2_s1", "p3_s1"])
        #expect(try run.json()["validation"] as? [String] == ["p1_s1", "p1_s2"])
        #expect(try run.json()["test"] as? [String] == ["p4_s1"])
        #expect(
            try cohort.parts() == [
                "p1_s1": "validation", "p1_s2": "validation", "p2_s1": "training", "p3_s1": "training",
                "p4_s1": "test",
            ])
        #expect(cohort.work.files("model/cache").map { $0.prefix(5) } == ["p1_s1", "p1_s2", "p2_s1", "p3_s1"])
        #expect(try cohort.train("--resume").status == 0)
    }

    @Test func aFractionIsDrawnOnce() throws {
        let cohort = try Cohort(["a", "b", "c", "d"], "split: {validation: 0.25, test: 0.25}")
        #expect(try cohort.train().status == 0)
        let parts = try cohort.parts()
        #expect(parts.values.sorted() == ["test", "training", "training", "validation"])
        #expect(try cohort.train("--resume").status == 0)
        #expect(try cohort.parts() == parts)
        try cohort.configure("split: {file: model/split.json}")
        #expect(try cohort.train(out: "other").status == 0)
        #expect(try cohort.parts("other/split.json") == parts)
        #expect(try cohort.train("--resume", out: "other").status == 0)
    }

    @Test func aCohortThatChangedIsRefused() throws {
        let cohort = try Cohort(["a", "b", "c"], "split: {validation: [c]}")
        #expect(try cohort.train().status == 0)
        let split = try cohort.work.data("model/split.json")

        try cohort.add("d")
        expectRefusal(
            try cohort.train("--resume"), "the split was made for other patients: d came since; put them back")
        try FileManager.default.removeItem(atPath: cohort.work.path("in/d"))

        try FileManager.default.moveItem(atPath: cohort.work.path("in/b"), toPath: cohort.work.path("b"))
        expectRefusal(try cohort.train("--resume"), "b went since, or cannot be used any more")
        try FileManager.default.moveItem(atPath: cohort.work.path("b"), toPath: cohort.work.path("in/b"))

        try cohort.add("b", ["T1", "T2", "FLAIR"])
        expectRefusal(try cohort.train("--resume"), "FLAIR of b changed since")
        try FileManager.default.removeItem(atPath: cohort.work.path("in/b/FLAIR.nii.gz"))

        try cohort.configure("split: {validation: [b]}")
        expectRefusal(try cohort.train("--resume"), "was made by another split or seed")
        try cohort.configure("split: {validation: [c]}")
        #expect(try cohort.train("--resume").status == 0)
        #expect(try cohort.work.data("model/split.json") == split)

        try FileManager.default.removeItem(atPath: cohort.work.path("model/split.json"))
        expectRefusal(try cohort.train("--resume"), "split.json: is missing or no split of patients")
        #expect(try cohort.train("--overwrite").status == 0)
    }

    @Test func anImageInTwoPartsIsRefused() throws {
        let cohort = try Cohort(["a", "b", "c"], "split: {test: [c]}")
        for folder in ["a", "c"] {
            try FileManager.default.createDirectory(
                atPath: cohort.work.path("in/\(folder)"), withIntermediateDirectories: true)
        }
        try FileManager.default.removeItem(atPath: cohort.work.path("in/c/T2.nii.gz"))
        try FileManager.default.copyItem(
            atPath: cohort.work.path("in/a/T1.nii.gz"), toPath: cohort.work.path("in/c/T2.nii.gz"))
        expectRefusal(try cohort.train(), "T2 of c (test) is the same image as T1 of a (training)")
        #expect(!cohort.work.exists("model"))
        try cohort.configure("split: {test: [b]}")
        #expect(try cohort.train().status == 0)
    }

    @Test(arguments: [
        ("split: {validaton: 0.1}", "unknown key 'split.validaton'; did you mean 'validation'?"),
        ("splitt: {validation: 0.1}", "unknown key 'splitt'; did you mean 'split'?"),
        ("split: {validation: 1.5}", "'split.validation' must be a fraction between 0 and 1 or a list of names"),
        ("split: {validation: b}", "'split.validation' must be a number, not 'b'"),
        ("split: {validation: []}", "'split.validation' is empty"),
        ("split: {validation: 0.1}", "is none of 3 subjects"),
        ("split: {validation: [b, b]}", "'split.validation' lists b, which is listed before"),
        ("split: {validation: [b], test: [b]}", "'split.test' lists b, which is listed before"),
        ("split: {validation: [q]}", "lists q, but no usable patient or subject is called so"),
        ("split: {validation: [a, b, c1]}", "leaves no training patient of 3 patients"),
        ("split: {validation: [c1]}", "no validation patient has two of the contrasts"),
        ("split: {validation: [a, b]}", "no training patient has two of the contrasts"),
        ("split: {subject: '('}", "'split.subject' is no regular expression"),
        ("split: {subject: '[0-9]+'}", "finds nothing in the name of patient a"),
        ("split: {file: none.json}", "none.json: is missing or no split of patients"),
        ("split: {file: none.json, test: [a]}", "'split.file' names a complete split"),
        ("ngf: 6", "6 is not a multiple of the number of contrasts (4)"),
        ("crop: {height: 100, width: 96}", "both sides must be multiples of 16"),
    ]) func refusedBeforeAnyWork(_ yaml: String, _ says: String) throws {
        let cohort = try Cohort(["a", "b"])
        try cohort.add("c1", ["T1"])
        let key = yaml.prefix { $0 != ":" } + ":"
        let kept = Self.configuration.split(separator: "\n").filter { !$0.hasPrefix(key) }.joined(separator: "\n")
        try cohort.place.configure(kept + "\n" + yaml)
        expectRefusal(try cohort.train(), says)
        #expect(!cohort.work.exists("model"))
    }

    @Test func anUnreadableFileFailsItsPatientAlone() throws {
        let cohort = try Cohort(["a", "b"])
        for name in ["T1", "T2"] { try cohort.place.breakLink("in/c/\(name).nii.gz") }
        let run = try cohort.train()
        #expect(run.status == 1)
        #expect(try run.json()["patients"] as? [String] == ["a", "b"])
        #expect(try (run.json()["failed"] as? [String: String])?.keys.sorted() == ["c"])
    }
}
