import Files
import Foundation
import Pipeline
import Testing

/// Links, folders that cannot be read, and other strange things.
struct MessyFolderTests {
    @Test func linksToFoldersThatAreMetAnyway() throws {
        let tree = try FileTree([
            "all/p1/T1.nii", "all/p2/T2.nii", "chosen/a -> ../all/p1", "up -> ..", "self -> .", "all/p1/loop -> ..",
        ])
        let found = try tree.search()
        #expect(FileTree.summary(found.patients) == ["p1: T1", "p2: T2"])
        #expect(found.leftOut.contains { $0.path.hasSuffix("chosen/a") && $0.reason.contains("all/p1") })
    }

    @Test func linksOutOfTheFolderAreFollowedOnce() throws {
        let tree = try FileTree([
            "store/x/T1.nii", "cohort/p1 -> ../store/x", "cohort/p2 -> ../store/x",
            "cohort/p3/T2.nii -> ../../store/x/T1.nii",
            "cohort/.hidden/h/T1.nii", "cohort/h -> .hidden/h", "cohort/up -> ../../",
        ])
        let found = try tree.search("cohort")
        #expect(FileTree.summary(found.patients) == ["h: T1", "p1: T1", "p3: T2"])
        #expect(found.leftOut.map { FilePath.name($0.path) } == ["p2", "up"])
    }

    @Test func linksThatLeadNowhere() throws {
        let tree = try FileTree([
            "p1/T1.nii", "p2 -> /nowhere/p2", "p3/T1.nii -> ../annex/gone.nii", "notes.txt -> gone",
        ])
        let found = try tree.search().patients
        #expect(FileTree.summary(found) == ["p1: T1", "p2: !unreadable", "p3: T1"])
        #expect(found[1].problem?.message.contains("is a link to a folder that is not there") == true)
    }

    @Test func emptyAndUselessFoldersFailAlone() throws {
        let tree = try FileTree(["p1/T1.nii", "empty/", "deep/er/", "odd/scan.nii"])
        let found = try tree.search().patients
        #expect(FileTree.summary(found) == ["deep: !noPatient", "empty: !noPatient", "odd: !noPatient", "p1: T1"])
    }

    @Test func resultsAndTrainingsAreNoPatients() throws {
        let tree = try FileTree([
            "p1/T1.nii", #"out/run.json = {"software": {"name": "collagan"}}"#, "out/p9/T1.nii", "model/split.json",
            "model/training.jsonl", "model/cache/x/T1.nii", #"other/run.json = {"software": {"name": "else"}}"#,
            "other/T2.nii",
        ])
        let found = try tree.search()
        #expect(FileTree.summary(found.patients) == ["other: T2", "p1: T1"])
        #expect(found.leftOut.map { FilePath.name($0.path) } == ["model", "out"])
    }

    @Test func siblingsOfOneNameInTwoUnicodeFormsFail() throws {
        let tree = try FileTree(["M\u{FC}ller/T1.nii", "Mu\u{308}ller/T2.nii", "q/T1.nii"])
        let found = try tree.search().patients
        #expect(found.count == 3 && Set(found.map(\.name)).count == 3)
        #expect(found.count { $0.problem?.code == .ambiguous } == 2)
    }

    @Test func namesThatAreNotUTF8FailWithTheReason() throws {
        let tree = try FileTree(["p1/T1.nii"])
        let name: [CChar] = Array((tree.root.path + "/M").utf8CString.dropLast()) + [CChar(bitPattern: 0xFC), 0]
        #expect(mkdir(name, 0o755) == 0)
        let found = try tree.search().patients
        #expect(found.map { $0.problem?.code } == [.unreadable, nil])
        #expect(found[0].problem?.message.contains("not UTF-8") == true)
    }

    @Test(.enabled(if: geteuid() != 0)) func foldersThatMayNotBeReadFailAlone() throws {
        let tree = try FileTree(["p1/T1.nii", "p2/T1.nii", "site/p3/T1.nii", "sub/x/T1.nii"])
        let closed = ["p2", "site"].map { tree.root.appending(path: $0).path }
        for path in closed { chmod(path, 0) }
        defer { for path in closed { chmod(path, 0o755) } }
        let found = try tree.search().patients
        #expect(FileTree.summary(found) == ["p1: T1", "p2: !unreadable", "site: !unreadable", "x: T1"])
    }
}
