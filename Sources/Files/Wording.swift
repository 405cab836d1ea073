import Foundation

/// How counts, sizes and dates are said, everywhere alike.
package enum Wording {
    /// "1 patient", "3 patients".
    package static func count(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }

    /// "1.2 GB", in powers of 1000.
    package static func size(bytes: Int) -> String {
        let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")]
        let (size, name) = units.first { Double(bytes) >= $0.0 } ?? (1e6, "MB")
        return "\((Double(bytes) / size * 10).rounded() / 10) \(name)"
    }

    /// "3,5-9": numbers as Slurm and Snakemake take them.
    package static func ranges(_ numbers: Set<Int>) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound == number - 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// This moment in UTC, ISO 8601.
    package static func now() -> String { Date().formatted(.iso8601) }

    /// What an error number of the system means.
    package static func reason(_ number: Int32 = errno) -> String { String(cString: strerror(number)) }
}

extension String {
    /// The text on one line: line breaks and other control characters become blanks.
    package var onOneLine: String {
        let scalars = unicodeScalars.map { scalar -> Unicode.Scalar in
            // Marks that turn the direction of writing would turn the rest of the line, too.
            if ("\u{202A}"..."\u{202E}").contains(scalar) || ("\u{2066}"..."\u{2069}").contains(scalar) { return "?" }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: return " "
            default: return scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// A library's text, cut to about 200 characters.
    package var shortened: String {
        count > 200 ? prefix(200) + "…" : self
    }
}
