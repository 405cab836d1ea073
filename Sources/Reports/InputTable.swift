import Patients
import Records

/// The files that a page's images were made of.
struct InputTable {
    let inputs: [InputRecord]
    /// What the table is said to hold.
    let caption: String
    /// Whether there is a column for the unit of a contrast's scores.
    let hasPercentiles: Bool

    func html() -> String {
        let rows = inputs.map { input in
            let size = input.size.map(String.init).joined(separator: " × ")
            let spacing = input.spacing.map { ReportNumber.short($0) }.joined(separator: " × ")
            let percentile = input.percentile.map { ReportNumber.short(Double($0), 2) } ?? ReportNumber.none
            return """
                <tr><th scope="row">\(HTML.text(input.role))</th><td><code>\(HTML.text(input.file))</code></td>\
                <td><code title="\(HTML.text(input.sha256))">\(HTML.text(ReportNumber.digest(input.sha256)))</code></td>\
                <td class="num">\(size)</td><td class="num">\(spacing)</td><td>\(HTML.text(input.orientation))</td>\
                \(hasPercentiles ? "<td class=\"num\">\(percentile)</td>" : "")</tr>
                """
        }
        return """
            <div class="scroll"><table><caption>\(caption)</caption>
            <thead><tr><th scope="col">Contrast</th><th scope="col">File</th><th scope="col">SHA-256</th>\
            <th scope="col" class="num">Voxels</th><th scope="col" class="num">Spacing (mm)</th>\
            <th scope="col">Axes</th>\
            \(hasPercentiles ? "<th scope=\"col\" class=\"num\">99.5th percentile</th>" : "")</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>

            """
    }
}
