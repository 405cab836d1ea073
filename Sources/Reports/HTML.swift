import Foundation

/// Building blocks of the pages. Every text from outside passes through `text`, every link through `link`.
enum HTML {
    /// A text as it may stand between tags and inside quoted attributes.
    ///
    /// Control characters and those that reorder text (which could disguise a file name) become U+FFFD.
    static func text(_ raw: String) -> String {
        var escaped = ""
        for scalar in raw.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped += " "
            case _ where scalar.properties.generalCategory == .control: escaped += "\u{FFFD}"
            case "\u{061C}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// `text` of several lines, which stay lines.
    static func lines(_ raw: String) -> String {
        raw.split(separator: "\n", omittingEmptySubsequences: false).map { text(String($0)) }.joined(separator: "\n")
    }

    /// A relative link: every path component percent-encoded and a leading "./", so that no name can become a scheme or
    /// host.
    static func link(_ relativePath: String) -> String {
        let allowed = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let components = relativePath.split(separator: "/").map {
            $0.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        }
        return "./" + components.joined(separator: "/")
    }

    /// A picture inside the page.
    static func image(_ png: Data, width: Int, height: Int, alt: String) -> String {
        """
        <img src="data:image/png;base64,\(png.base64EncodedString())" width="\(width)" height="\(height)" \
        alt="\(text(alt))">
        """
    }

    /// A list of sentences, or nothing.
    static func list(_ items: [String]) -> String {
        items.isEmpty ? "" : "<ul>" + items.map { "<li>\(text($0))</li>" }.joined() + "</ul>"
    }

    /// A box that wants attention, or nothing.
    static func warnings(_ items: [String], title: String) -> String {
        guard !items.isEmpty else { return "" }
        return "<aside class=\"warn\" role=\"note\"><h3>⚠ \(text(title))</h3>\(list(items))</aside>\n"
    }

    /// A table of names and values.
    static func definitions(_ rows: [(name: String, value: String)], caption: String) -> String {
        let body = rows.map { "<tr><th scope=\"row\">\(text($0.name))</th><td>\(text($0.value))</td></tr>" }
        return """
            <div class="scroll"><table class="facts"><caption>\(text(caption))</caption>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>

            """
    }

    /// Names joined as in a sentence: "T1, T1Gd and T2".
    static func enumeration(_ names: [String]) -> String {
        guard let last = names.last else { return "" }
        return names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " and " + last
    }

    /// A whole page without script and without any reference outside itself.
    static func page(title: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" \
        content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(text(title))</title>
        <style>
        \(Stylesheet.css)
        </style>
        </head>
        <body>
        <main>
        \(body)
        </main>
        <footer><strong>Research use only: not a medical device.</strong> Synthesised images are predictions, not
        acquisitions. They must not be used for diagnosis, treatment or any decision about a patient.</footer>
        </body>
        </html>

        """
    }
}
