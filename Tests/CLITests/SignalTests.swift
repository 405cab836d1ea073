import Foundation
import Testing

struct SignalTests {
    private func patients(_ count: Int) throws -> Workplace {
        let work = try Workplace()
        for number in 1...count {
            try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p\(number)"), seed: number)
        }
        let definition = """
            input: {patients: in}
            model: {file: tiny.safetensors}
            outputs: {folder: out, preprocessed: true}
            """
        try Data(definition.utf8).write(to: work.root.appending(path: "p.yaml"))
        return work
    }

    private func arguments(_ command: String, _ work: Workplace) -> [String] {
        command == "run"
            ? ["run", work.path("p.yaml")]
            : [command, work.path("in"), "--model", work.model, "--out", work.path("out")]
    }

    private static let stages: [(String, String, Int32, Int32)] = [
        ("impute", "impute: N patients", SIGINT, 130), ("evaluate", "evaluate: N patients", SIGTERM, 143),
        ("evaluate", "[1/N] p1: done", SIGHUP, 129), ("preprocess", "[1/N] p1: done", SIGINT, 130),
        ("run", "[1/N] p1: done", SIGTERM, 143), ("run", "impute: N patients", SIGINT, 130),
    ]

    @Test(arguments: stages)
    func everyStageEndsCleanlyAndIsFinishedLater(
        _ command: String, _ stage: String, _ signal: Int32, _ status: Int32
    ) throws {
        let (work, stopped) = try CLI.caught(from: 12) { count in
            let work = try patients(count)
            let sign = stage.replacing("N", with: "\(count)")
            return (work, try CLI(arguments(command, work), interruptedAt: sign, by: signal))
        }
        #expect(stopped.status == status, "\(stopped.errors)")
        #expect(stopped.errorLines.count == 1, "\(stopped.errors)")
        #expect(stopped.errors.contains("interrupted: ") && stopped.errors.contains("run the same command again"))
        #expect(stopped.output.isEmpty)
        #expect(work.files("out").allSatisfy { !$0.contains(".partial") && !$0.contains(".lock") })
        let resumed = try CLI(arguments(command, work))
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try work.statuses("out").values.allSatisfy { $0 == "done" || $0 == "skipped" })
    }

    /// As `timeout` and shells send them, to the process and to its group.
    @Test(arguments: [SIGTERM, SIGQUIT]) func anEchoOfTheSignalChangesNothing(_ second: Int32) throws {
        let (work, run) = try CLI.caught(from: 4) { count in
            let work = try patients(count)
            let run = try CLI(arguments("evaluate", work), at: "p1: done") { process in
                try CLI.suspend(process)
                kill(process, SIGTERM)
                kill(process, second)
                kill(process, SIGCONT)
            }
            return (work, run)
        }
        #expect([143, 128 + second].contains(run.status), "\(run.errors)")
        #expect(run.errorLines.count == 1 && run.errors.contains("interrupted: "), "\(run.errors)")
        #expect(try work.json("out/run.json")["state"] as? String == "interrupted")
        #expect(work.files("out").allSatisfy { !$0.contains(".partial") && !$0.contains(".lock") })
        #expect(try CLI(arguments("evaluate", work)).status == 0)
        #expect(try work.statuses("out").values.allSatisfy { $0 == "done" || $0 == "skipped" })
    }

    @Test func anInterruptedOverwriteIsFinishedWithout() throws {
        let (_, run) = try CLI.caught(from: 4) { count in
            let work = try patients(count)
            #expect(try CLI(arguments("impute", work)).status == 0)
            return (
                work, try CLI(arguments("impute", work) + ["--overwrite"], interruptedAt: "p1: done", by: SIGQUIT)
            )
        }
        #expect(run.status == 131 && run.errors.contains("run the same command again without --overwrite"))
    }

    @Test func aHangUpIsIgnoredUnderNohup() throws {
        let work = try patients(4)
        let run = try Shell(
            #"trap "" HUP; exec "$0" "$@""#, arguments("impute", work), at: "impute: 4 patients"
        ) { kill($0, SIGHUP) }
        #expect(run.status == 0, "\(run.text)")
        #expect(try work.statuses("out").values.allSatisfy { $0 == "done" })
    }

    @Test func aReaderThatLeavesEndsNothing() throws {
        let work = try patients(2)
        let run = try Shell(#"{ "$0" "$@" 2>/dev/null; echo "status $?" >&2; } | true"#, arguments("impute", work))
        #expect(run.text.contains("status 0"), "\(run.text)")
        #expect(try work.statuses("out").values.allSatisfy { $0 == "done" })
    }
}
