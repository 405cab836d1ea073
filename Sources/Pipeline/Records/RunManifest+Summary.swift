import Files

extension RunManifest {
    /// How a run ended, for people: counts, then one line per kind of warning with the patients it is about.
    package var summary: String {
        let parts = [Status.done, .skipped, .failed].map { "\(counts[$0.rawValue, default: 0]) \($0.rawValue)" }
        let warnings = warned.sorted { ($0.value.count, $0.key) < ($1.value.count, $1.key) }.map { code, names in
            let shown = names.prefix(Self.shownNames).joined(separator: ", ")
            let rest = names.count > Self.shownNames ? ", … (all in run.json)" : ""
            return "warning \(code): \(Wording.count(names.count, "patient")): \(shown)\(rest)"
                .onOneLine
        }
        let next = part == nil ? "" : "; once all parts have run: collagan collect \(output)"
        return (warnings + ["\(parts.joined(separator: ", ")); results in \(output)\(next)"]).joined(separator: "\n")
    }

    private static let shownNames = 8
}
