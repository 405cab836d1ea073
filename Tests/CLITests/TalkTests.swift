import Foundation
import Pipeline
import TestSupport
import Testing

struct TalkTests {
    private static let names = ["Müller Łódź " + String(repeating: "x", count: 90), "患者二十六号"]

    private func command(_ work: Workplace, _ more: [String] = []) throws -> [String] {
        for (number, name) in Self.names.enumerated() where !work.exists("in/\(name)") {
            try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/\(name)"), seed: number)
        }
        return ["impute", work.path("in"), "--model", work.model, "--out", work.path("out")] + more
    }

    @Test(.enabled(if: Shell.hasTerminals), arguments: [30, 72, 200])
    func progressIsOneLineThatFitsTheTerminal(_ columns: Int) throws {
        let work = try Workplace()
        let run = try Shell(columns: columns, command(work))
        #expect(run.status == 0, "\(run.text)")
        let progress = run.text.components(separatedBy: "\r\u{1B}[K").dropFirst()
            .map { $0.prefix { !$0.isNewline } }.filter { !$0.contains("done, ") && !$0.contains("warning: ") }
        #expect(progress.contains { $0.hasPrefix("[1/2] ") })
        for line in progress where line.hasPrefix("[") {
            #expect(String(line).terminalWidth < columns, "\(line)")
        }
    }

    @Test(.enabled(if: Shell.hasTerminals)) func quietOnATerminalSaysNothing() throws {
        let work = try Workplace()
        let run = try Shell(columns: 80, command(work, ["--quiet"]))
        #expect(run.status == 0)
        #expect(run.text.split(whereSeparator: \.isNewline).allSatisfy { $0.contains("warning: ") }, "\(run.text)")
    }

    @Test func offATerminalThereAreOnlyPlainLines() throws {
        let work = try Workplace()
        let run = try CLI(command(work))
        #expect(run.status == 0)
        #expect(!run.errors.contains("\u{1B}") && !run.errors.contains("\r"))
        #expect(run.errors.contains("impute: 2 patients") && run.errors.contains("the network at work"))
        #expect(run.errors.contains("[2/2] ") && run.errors.hasSuffix("\n"))
    }

    @Test func theLogHoldsEveryLineWithItsTimeWhateverIsQuiet() throws {
        let work = try Workplace()
        let log = ["--log", work.path("night.log")]
        #expect(try CLI(command(work, ["--quiet", "--json"] + log)).status == 0)
        let plain = try CLI(command(work, ["--overwrite"] + log))
        #expect(plain.status == 0)
        let lines = String(decoding: try work.data("night.log"), as: UTF8.self).split(separator: "\n")
        let time = try Regex(#"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ "#)
        #expect(lines.allSatisfy { $0.prefixMatch(of: time) != nil })
        #expect(lines.filter { $0.contains("impute: 2 patients") }.count == 2)
        let said = plain.errors.split(separator: "\n").filter { !$0.contains("finished: ") }
        #expect(said.allSatisfy { line in lines.contains { $0.hasSuffix(line) } })
        #expect(try CLI(command(work, ["--model", work.path("no.safetensors")] + log)).status == 2)
        let last = String(decoding: try work.data("night.log"), as: UTF8.self).split(separator: "\n").last ?? ""
        #expect(last.contains("error: ") && last.contains("no.safetensors"), "a refusal is logged, too: \(last)")
        let image = work.path("in/\(Self.names[0])/T1.nii.gz")
        let before = try Data(contentsOf: URL(filePath: image))
        #expect(try CLI(command(work, ["--log", image])).status == 2)
        #expect(try Data(contentsOf: URL(filePath: image)) == before)
        let refused = try CLI(command(work, ["--log", work.path("no/such/folder/x.log")]))
        #expect(refused.status == 2 && refused.errorLines.count == 1 && refused.errors.contains("--log"))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")), arguments: [[], ["--quiet"]])
    func aLogThatTakesNoMoreIsToldOnceAndTheRunGoesOn(_ quiet: [String]) throws {
        let work = try Workplace()
        let run = try CLI(command(work, ["--log", "/dev/full"] + quiet))
        #expect(run.status == 0, "\(run.errors)")
        let told = run.errors.split(separator: "\n").filter { $0.contains("/dev/full") }
        #expect(told.count == 1, "\(run.errors)")
        #expect(
            told.first?.hasPrefix("warning: /dev/full: the log could not be written (No space left on device)") == true)
        #expect(told.first?.hasSuffix("; the run goes on without it") == true)
        #expect(try work.statuses("out").values.allSatisfy { $0 == "done" })
        let refused = try CLI(["impute", work.path("none"), "--out", work.path("out"), "--log", "/dev/full"])
        #expect(refused.status == 2 && refused.errorLines.count == 1, "\(refused.errors)")
    }

    @Test(.disabled(if: Sanitizer.isOn, "ThreadSanitizer's memory is a file"))
    func aLogThatFillsUpKeepsWhatItTook() throws {
        let work = try Workplace()
        let log = work.path("night.log")
        try Data(repeating: UInt8(ascii: "\n"), count: 1000).write(to: URL(filePath: log))
        let run = try Shell(largestFile: 2, ["inspect", work.path("none"), "--log", log])
        #expect(run.status == 2, "\(run.text)")
        #expect(run.text.split(separator: "\n").count == 2, "\(run.text)")
        #expect(run.text.contains("night.log: the log could not be written (File too large)"), "\(run.text)")
        #expect(try work.data("night.log").count == 1024)
    }

    @Test func aPatientBeyondTheMemoryFailsAloneWithARemedy() throws {
        let work = try Workplace()
        let base = try command(work)
        let refused = try CLI(base + ["--memory", "20M"])
        #expect(refused.status == 1)
        #expect(refused.errorLines.count == 2, "\(refused.errors)")
        #expect(
            refused.errorLines.allSatisfy { $0.contains("of memory, more than the 20.0 MB allowed; give --memory") })
        #expect(work.files("out").allSatisfy { !$0.hasSuffix(".nii.gz") })
        #expect(try CLI(base + ["--memory", "10G"]).status == 0)
        #expect(try work.json("out/run.json")["networkSeconds"] as? Double ?? 0 > 0)
        for text in ["lots", "0", "-1G", "5"] {
            #expect(try CLI(base + ["--memory", text]).status == 64)
        }
    }

    @Test func aGiganticVolumeIsRefusedBeforeItIsRead() throws {
        let work = try Workplace()
        let base = try command(work)
        try Phantom.write(["T2"], to: work.root.appending(path: "in/huge"))
        var raw = RawNIfTI()
        (raw.datatype, raw.bitsPerVoxel, raw.dim) = (2, 8, [3, 500, 500, 500, 1, 1, 1, 1])
        let file = work.root.appending(path: "in/huge/T1.nii")
        let header = raw.file
        try Data(header).write(to: file)
        // The voxels are a hole in the file.
        #expect(truncate(file.path, off_t(header.count + 500 * 500 * 500)) == 0)
        let run = try CLI(base + ["--memory", "1G"])
        #expect(run.status == 1, "\(run.errors)")
        #expect(try work.statuses("out")["huge"] == "failed")
        #expect(run.errorLines.count == 1 && run.errorLines[0].contains("huge: needs about"), "\(run.errors)")
    }
}
