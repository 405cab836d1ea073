import Foundation
import TestSupport
import Testing

/// The lines of docs/library.md are the program `library-example`, which gives what the command line gives.
@Suite struct LibraryTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func thePageShowsTheLinesThatAreCompiled() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/library.md"), encoding: .utf8)
        let lines = try String(
            contentsOf: Self.root.appending(path: "Tests/LibraryExample/main.swift"), encoding: .utf8)
        #expect(page.contains("```swift\n\(lines)```"), "copy Tests/LibraryExample/main.swift into docs/library.md")
    }

    @Test func theLinesImputeWhatTheCommandLineImputes() throws {
        let work = try Workplace()
        try FileManager.default.createSymbolicLink(
            at: work.root.appending(path: "SampleData"), withDestinationURL: Self.root.appending(path: "SampleData"))
        let program = CLI.program.deletingLastPathComponent().appending(path: "library-example")
        let run = try CLI([], program: program, in: work.root)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("patient26: NMSE 0.0") && run.output.contains("TCIA01_378: NMSE"), "\(run.output)")

        let impute = try CLI(["impute", "SampleData/missing-flair", "--out", "out", "--quiet"], in: work.root)
        #expect(impute.status == 0, "\(impute.errors)")
        let written = try work.data("out/patient26/patient26_FLAIR_imputed.nii.gz")
        #expect(try work.data("patient26_FLAIR.nii.gz") == written)
    }
}
