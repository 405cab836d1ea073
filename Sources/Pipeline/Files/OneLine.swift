extension String {
    /// The text on one line: line breaks and other control characters become blanks.
    var onOneLine: String {
        let scalars = unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: " "
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// A library's text, cut to about 200 characters.
    var shortened: String {
        count > 200 ? prefix(200) + "…" : self
    }
}
