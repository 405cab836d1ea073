import ArgumentParser
import Patients
import Pipeline

/// Which of the patients a process takes on, where several share a folder of results.
struct PartOptions: ParsableArguments {
    @Option(
        name: .customLong("part"),
        help: ArgumentHelp(
            """
            One of N parts of the patients, from 1/N to N/N, for processes that share the folder of results; in the end: collagan \
            collect DIR.
            """,
            valueName: "i/n"))
    var text: String?

    @Option(
        name: [.customLong("participants"), .customLong("participant-label")],
        parsing: .upToNextOption,
        help: ArgumentHelp(
            """
            Only these patients, BIDS subjects with or without sub-; @FILE for the names in a file, one a line. In the end: collagan \
            collect DIR.
            """,
            valueName: "name"))
    var participants: [String] = []

    @OptionGroup var wait: WaitOptions

    func validate() throws {
        if let text, PatientPart(text) == nil {
            throw ValidationError(
                "'--part \(text)': parts are numbered from 1; give I/N with 1 ≤ I ≤ N ≤ \(PatientPart.mostParts), e.g. 1/8"
            )
        }
    }

    /// Who is chosen and how long is waited.
    func apply(to settings: inout RunSettings) throws {
        settings.selection = PatientSelection(
            participants: participants.isEmpty ? nil : try PatientSelection.names(participants),
            part: text.flatMap { PatientPart($0) })
        settings.waiting = wait.waiting
    }
}

/// How long to wait for another process.
struct WaitOptions: ParsableArguments {
    @Option(
        name: .customLong("wait"),
        help: ArgumentHelp(
            """
            How long to wait, e.g. 30s, 10m or 2h, where another process is at work on the same; then exit status 75. Default: not \
            at all.
            """,
            valueName: "time"))
    var text: String?

    var waiting: Duration { text.flatMap(Self.duration) ?? .zero }

    func validate() throws {
        if let text, Self.duration(text) == nil {
            throw ValidationError("'--wait \(text)': give a time up to 1000h, such as 30s, 10m or 2h")
        }
    }

    /// Seconds that "30", "30s", "10m" or "2h" stand for.
    private static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["": 1, "s": 1, "m": 60, "h": 3600]
        guard let number = Int(digits), number <= 3_600_000, let unit = units[String(text.dropFirst(digits.count))],
            number * unit <= 3_600_000
        else { return nil }
        return .seconds(number * unit)
    }
}
