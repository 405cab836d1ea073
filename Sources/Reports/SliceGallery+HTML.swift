import Foundation

extension SliceGallery {
    /// The pictures as a figure: a table with column titles and slice positions, and a colour bar under the errors.
    func html(contrast: String, patient: String) -> String {
        guard !rows.isEmpty else { return "" }
        let made = columns.firstIndex { $0 == SliceGallery.title(imputed: contrast) }
        func mark(_ column: Int) -> String { column == made ? " class=\"made\"" : "" }
        let titles = columns.indices.map { "<th scope=\"col\"\(mark($0))>\(HTML.text(columns[$0]))</th>" }
        let body = rows.map { row in
            let tiles = row.tiles.indices.map { column -> String in
                let tile = row.tiles[column]
                let name = column < columns.count ? columns[column] : ""
                let alt = "\(name), axial slice at \(row.title)"
                return
                    "<td\(mark(column))>\(HTML.image(tile.png, width: tile.width, height: tile.height, alt: alt))</td>"
            }
            return "<tr><th scope=\"row\">\(HTML.text(row.title))</th>\(tiles.joined())</tr>"
        }
        return """
            <figure><div class="gallery"><table>
            <thead><tr><td></td>\(titles.joined())</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody>
            \(hasError ? colourBar() : "")</table></div>
            <figcaption>Axial slices of \(HTML.text(patient)) in radiological convention: the patient's right is on the left, anterior \
            on top; z is the slice's world coordinate (superior positive). Grey from 0 to the 99.5th percentile of each contrast\
            \(hasError ? "; error |imputed − acquired| in normalised intensity, brighter is worse, saturated at 0.3" : "").\
            </figcaption></figure>

            """
    }

    /// Title of the column of the imputed image.
    static func title(imputed contrast: String) -> String { "\(contrast) imputed" }

    private func colourBar() -> String {
        let width = rows.first?.tiles.last?.width ?? 180
        let levels = (0..<width).map { UInt8($0 * 255 / max(width - 1, 1)) }
        let bar = GrayPicture(width: width, height: 10, pixels: (0..<10).flatMap { _ in levels })
        let tile = Tile(heat: bar)
        let end = ReportNumber.short(Double(SliceGallery.largestError))
        let half = ReportNumber.short(Double(SliceGallery.largestError) / 2)
        let image = HTML.image(
            tile.png, width: width, height: 10, alt: "Colour bar of the error from 0 (black) to \(end) (pale yellow)")
        return """
            <tfoot><tr><td colspan="\(columns.count)"></td><td>\(image)\
            <span class="ends"><span>0</span><span>\(half)</span><span>≥ \(end)</span></span></td></tr></tfoot>
            """
    }
}
