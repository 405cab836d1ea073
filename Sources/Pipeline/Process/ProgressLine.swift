import Files

/// Where a run stands, on one line of a terminal.
package struct ProgressLine: Equatable, Sendable {
    /// 1 for the first patient.
    package var number: Int
    /// How many patients there are.
    package var count: Int
    /// The patient's.
    package var name: String
    /// "reading", "T2 from T1, FLAIR 40 %".
    package var stage: String
    /// Seconds until all patients are done; nil if that is not known.
    package var secondsLeft: Double?

    package init(number: Int, count: Int, name: String, stage: String, secondsLeft: Double? = nil) {
        self.number = number
        self.count = count
        self.name = name
        self.stage = stage
        self.secondsLeft = secondsLeft
    }

    /// The line, at most `columns` wide: the name is shortened first, then the end is left out.
    package func text(columns: Int) -> String {
        let left = secondsLeft.map { ", \(Pace.text($0)) left" } ?? ""
        let (before, after) = ("[\(number)/\(count)] ", ": \(stage)\(left)".onOneLine)
        let name = name.onOneLine
        let room = columns - before.terminalWidth - after.terminalWidth
        return (before + name.fitted(to: max(room, min(8, name.terminalWidth))) + after).fitted(to: columns)
    }
}

extension String {
    /// Columns that the text takes on a terminal: two for East Asian wide characters and pictures.
    package var terminalWidth: Int { reduce(0) { $0 + $1.terminalWidth } }

    /// The text if it is at most `columns` wide, else its beginning and "…".
    package func fitted(to columns: Int) -> String {
        guard terminalWidth > columns else { return self }
        guard columns > 0 else { return "" }
        var (text, width) = ("", 1)
        for character in self {
            width += character.terminalWidth
            if width > columns { break }
            text.append(character)
        }
        return text + "…"
    }
}

extension Character {
    fileprivate var terminalWidth: Int {
        unicodeScalars.map(\.terminalWidth).max() ?? 0
    }
}

extension Unicode.Scalar {
    fileprivate var terminalWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
