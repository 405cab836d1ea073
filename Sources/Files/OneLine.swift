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
