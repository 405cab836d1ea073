/// Tiles in rows and columns with a title over each column, on black.
struct Montage {
    /// One picture.
    struct Tile {
        var picture: GrayPicture
        /// Short text in the upper left corner: the side of the patient that the picture's left edge shows, e.g. "R".
        var mark = ""
    }

    var titles: [String]
    /// Rows of one tile per title.
    var rows: [[Tile]]

    private static let gap = 6
    private static let ink = SIMD3<UInt8>(repeating: 235)
    private static let mark = SIMD3<UInt8>(250, 200, 90)

    /// The montage as a PNG file.
    func png() -> [UInt8] {
        let gap = Montage.gap
        let widths = titles.indices.map { column in max(rows.map { $0[column].picture.width }.max() ?? 1, 90) }
        let heights = rows.map { row in row.map(\.picture.height).max() ?? 1 }
        let fits = zip(titles, widths).allSatisfy { Canvas.width(of: $0, scale: 2) <= $1 }
        let scale = fits ? 2 : 1
        let line = BitmapFont.height * 2
        let head = line + 2 * gap
        var canvas = Canvas(
            width: widths.reduce(gap) { $0 + $1 + gap }, height: heights.reduce(head) { $0 + $1 + gap })

        var x = gap
        for (column, title) in titles.enumerated() {
            let width = widths[column]
            let text = Canvas.fit(title, into: width, scale: scale)
            let indent = (width - Canvas.width(of: text, scale: scale)) / 2
            canvas.write(text, x: x + indent, y: gap + 2 * (2 - scale), scale: scale, colour: Montage.ink)
            var y = head
            for (row, height) in heights.enumerated() {
                draw(rows[row][column], on: &canvas, x: x, y: y, width: width, height: height)
                y += height + gap
            }
            x += width + gap
        }
        return canvas.png()
    }

    private func draw(_ tile: Tile, on canvas: inout Canvas, x: Int, y: Int, width: Int, height: Int) {
        let picture = tile.picture
        canvas.draw(
            picture, x: x + (width - picture.width) / 2, y: y + (height - picture.height) / 2)
        canvas.write(tile.mark, x: x + 3, y: y + 3, scale: 2, colour: Montage.mark)
    }
}
