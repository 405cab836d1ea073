import Foundation
import Records

extension PreparationReport {
    /// The page: one HTML file with its style and pictures inside, no script, no reference outside itself.
    ///
    /// Every text is escaped, so names may hold anything. The same data give the same bytes.
    package func html() -> String {
        let software = "\(record.software.name) \(record.software.version)"
        let body = """
            <header><p class="eyebrow">Prepared MRI contrasts · \(HTML.text(software))</p>
            <h1>\(HTML.text(record.patient))</h1></header>
            \(headline)\(HTML.warnings(record.warnings.map(\.text), title: "Before you use these images"))
            \(registration)\(galleries.map(section).joined())\(series)\
            <section><h2>Inputs</h2>
            \(inputs)\(HTML.list(record.notes))</section>
            <section><h2>How this was made</h2>
            \(HTML.definitions(facts(software), caption: "Software and settings"))</section>
            """
        return HTML.page(title: "\(record.patient) – prepared MRI contrasts", body: body)
    }

    private var headline: String {
        let isSure = record.warnings.isEmpty
        let size = record.size.map(String.init).joined(separator: " × ")
        let spacing = record.spacing.map { ReportNumber.short($0, 2) }.joined(separator: " × ")
        let names = [record.reference] + record.registration.keys.sorted()
        return """
            <ul class="cards"><li class="card \(isSure ? "good" : "care")"><p class="lead">\(HTML.text(HTML.enumeration(names))) \
            on the grid of \(HTML.text(record.reference)), with a brain mask</p>
            <p><span class="chip \(isSure ? "good" : "care")">\(isSure ? "all checks passed" : "look at it first")</span> \
            \(size) voxels of \(spacing) mm; the mask holds \(Int(record.brainMask.millilitres.rounded())) ml, from \
            \(HTML.text(origin)).</p></li></ul>

            """
    }

    private var origin: String {
        switch record.brainMask.source {
        case .file: "the patient's own file \(record.brainMask.origin)"
        case .stripped: "where the skull-stripped contrasts show something (\(record.brainMask.origin))"
        case .command: "the program \(record.brainMask.origin)"
        case .network:
            "the network that comes with the program, which looked at \(record.brainMask.origin)"
                + (record.brainMask.agreement.map { "; their masks agree by a Dice of \(ReportNumber.short($0, 3))" }
                    ?? "")
        }
    }

    private var registration: String {
        guard !record.registration.isEmpty else { return "" }
        let rows = record.registration.sorted { $0.key < $1.key }.map { name, found in
            let (level, label) =
                switch found.verdict {
                case .kept: ("good", "as it was")
                case .good: ("good", "good")
                case .doubtful: ("care", "doubtful")
                }
            func check(_ key: String, _ decimals: Int) -> String {
                found.checks?[key].map { ReportNumber.short($0, decimals) } ?? ReportNumber.none
            }
            return """
                <tr><th scope="row">\(HTML.text(name))</th><td><span class="chip \(level)">\(label)</span></td>\
                <td class="num">\(ReportNumber.short(found.millimetres, 1))</td>\
                <td class="num">\(ReportNumber.short(found.degrees, 1))</td>\
                <td class="num">\(check("forwardBackward", 2))</td><td class="num">\(check("sharpness", 2))</td>\
                <td class="num">\(check("mirror", 2))</td><td class="num">\(check("overlap", 2))</td>\
                <td>\(HTML.text(found.doubts.joined(separator: "; ")))</td></tr>
                """
        }
        return """
            <section><h2>How they lie to \(HTML.text(record.reference))</h2>
            <div class="scroll"><table><caption>The motion that was undone: its largest distance at the corners of the head's box, \
            and its angle. Forward against backward: how far the two directions differ, mm (good up to 0.6). Sharpness: what \
            is lost 5 mm and degrees away (good from 0.15). Mirror: how well it fits mirrored (good up to 0.95). Of a contrast \
            that was left as it was, the motion that registering again would find.</caption>
            <thead><tr><th scope="col">Contrast</th><th scope="col">Verdict</th><th scope="col" class="num">mm</th>\
            <th scope="col" class="num">degrees</th><th scope="col" class="num">Forward against backward</th>\
            <th scope="col" class="num">Sharpness</th><th scope="col" class="num">Mirror</th>\
            <th scope="col" class="num">Overlap</th><th scope="col">What is odd</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div></section>

            """
    }

    private func section(_ contrast: String, _ rows: [Row]) -> String {
        let titles = (rows.first?.pictures ?? []).map { "<th scope=\"col\">\($0.plane)</th>" }
        let body = rows.map { row in
            let tiles = row.pictures.map { picture in
                let alt = "\(contrast), \(row.title), \(picture.plane)"
                let image = HTML.image(Data(picture.png), width: picture.width, height: picture.height, alt: alt)
                return "<td>\(image)</td>"
            }
            return "<tr><th scope=\"row\">\(HTML.text(row.title))</th>\(tiles.joined())</tr>"
        }
        let isReference = contrast == record.reference
        return """
            <section class="contrast"><h2>\(HTML.text(contrast))\(isReference ? ", the reference" : "")</h2>
            <figure><div class="gallery"><table>
            <thead><tr><td></td>\(titles.joined())</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
            <figcaption>Planes through the middle of the brain; the patient's right is on the left, anterior on the left of \
            sagittal planes. Blue: outline of the brain mask\
            \(isReference ? "" : "; orange: edges of \(HTML.text(record.reference)). They lie on the edges of the image where the two fit").\
            </figcaption></figure></section>

            """
    }

    private var series: String {
        guard let series = record.series else { return "" }
        let rows = series.map { series in
            """
            <tr><th scope="row">\(series.number.map(String.init) ?? ReportNumber.none)</th><td class="num">\(series.files)</td>\
            <td>\(series.contrast.map { "<span class=\"chip good\">\(HTML.text($0))</span>" } ?? "left out")</td>\
            <td>\(HTML.text(series.reason))</td></tr>
            """
        }
        return """
            <section><h2>Series</h2>
            <div class="scroll"><table><caption>Every DICOM series of the study, what it was taken for and why. To decide \
            otherwise: --pattern T1Gd=series:NUMBER.</caption>
            <thead><tr><th scope="col">Series</th><th scope="col" class="num">Files</th><th scope="col">Taken for</th>\
            <th scope="col">Why</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div></section>

            """
    }

    private var inputs: String {
        InputTable(
            inputs: record.inputs,
            caption: "What was read; none of it was changed. SHA-256: first 12 digits; of a series, of all its files.",
            hasPercentiles: false
        ).html()
    }

    private func facts(_ software: String) -> [(name: String, value: String)] {
        [("Software", software), ("Reference", record.reference), ("Brain mask", origin)]
            + record.programs.map { program in
                (
                    program.name,
                    ([program.version].compactMap { $0 } + program.arguments).joined(separator: " ")
                )
            }
    }
}
