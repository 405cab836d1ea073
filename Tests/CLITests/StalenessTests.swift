import Foundation
import Testing

/// What is complete stays, judged by content; what is not, or is damaged, is made again with the same bytes.
struct StalenessTests {
    private let work: Workplace
    private let names = ["p1", "p2"]

    init() throws {
        work = try Workplace()
        for (number, name) in names.enumerated() {
            try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/\(name)"), seed: number)
        }
    }

    private func impute(_ more: [String] = [], model: String? = nil) throws -> [String: String] {
        let run = try CLI(
            ["impute", work.path("in"), "--out", work.path("out"), "--model", model ?? work.model] + more)
        #expect(run.status == 0, "\(run.errors)")
        return try work.statuses("out")
    }

    private func bytes() throws -> [Data] {
        try work.files("out").filter { $0 != "run.json" && $0 != "report.html" }.map { try work.data("out/\($0)") }
    }

    @Test func touchedInputsAreNotStale() throws {
        #expect(try impute() == ["p1": "done", "p2": "done"])
        let file = work.path("in/p1/T1.nii.gz")
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: file)
        #expect(try impute() == ["p1": "skipped", "p2": "skipped"])
    }

    @Test func changedBytesModelAndSettingsAreStale() throws {
        _ = try impute()
        try Phantom.write(["T1"], to: work.root.appending(path: "in/p1"), seed: 7)
        #expect(try impute() == ["p1": "done", "p2": "skipped"])
        let model = try work.model(with: ["name": "other"])
        #expect(try impute(model: model) == ["p1": "done", "p2": "done"])
        #expect(try impute(model: model) == ["p1": "skipped", "p2": "skipped"])
        try Phantom.write(["T1"], to: work.root.appending(path: "in/p2"), seed: 7)
        try FileManager.default.moveItem(
            atPath: work.path("in/p2/T1.nii.gz"), toPath: work.path("in/p2/brainmask.nii.gz"))
        try Phantom.write(["T1"], to: work.root.appending(path: "in/p2"), seed: 1)
        #expect(try impute(model: model)["p2"] == "done", "a mask that was added")
    }

    @Test func anImputedContrastGoesOnceTheScanIsThere() throws {
        _ = try impute()
        try Phantom.write(["FLAIR"], to: work.root.appending(path: "in/p1"))
        #expect(try impute() == ["p1": "skipped", "p2": "skipped"])
        #expect(work.files("out/p1").isEmpty && !work.files("out/p2").isEmpty)
        #expect(CSVFile(try work.data("out/metrics.csv")).rows.map { $0["patient"] } == ["p2"])
    }

    @Test func aPatientThatFailsKeepsNothingEvenWithoutItsRecord() throws {
        _ = try impute()
        try Data("{}".utf8).write(to: work.root.appending(path: "out/p1/metrics.json"))
        try Data("text".utf8).write(to: work.root.appending(path: "in/p1/T1.nii.gz"))
        let run = try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 1 && work.files("out/p1").isEmpty, "\(work.files("out"))")
    }

    @Test(arguments: [
        "p1_FLAIR_imputed.nii.gz", "p1_FLAIR_imputed.json", "report.html", "metrics.json",
    ])
    func damagedAndMissingResultsAreMadeAgain(_ file: String) throws {
        _ = try impute()
        let whole = try bytes()
        let url = work.root.appending(path: "out/p1/\(file)")
        let data = try Data(contentsOf: url)
        var flipped = data
        // A digit that still reads as a number, and a bit somewhere in an image.
        let place =
            file.hasSuffix("gz")
            ? data.count / 2
            : data.indices.last {
                (UInt8(ascii: "1")...UInt8(ascii: "8")).contains(data[$0]) && $0 < data.count * 3 / 4
            }
        flipped[try #require(place)] ^= 1
        for damage in [data.dropLast(data.count / 3), flipped, Data(), nil] {
            if let damage { try Data(damage).write(to: url) } else { try FileManager.default.removeItem(at: url) }
            #expect(try impute() == ["p1": "done", "p2": "skipped"], "\(damage?.count ?? -1)")
            #expect(try bytes() == whole)
        }
    }
}
