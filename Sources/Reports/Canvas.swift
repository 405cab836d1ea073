/// An RGB picture to put tiles and titles on; what falls beyond the edge is cut.
struct Canvas {
    let width: Int
    let height: Int
    private(set) var rgb: [UInt8]

    /// A picture of one colour.
    init(width: Int, height: Int, background: SIMD3<UInt8> = .zero) {
        (self.width, self.height) = (width, height)
        rgb = (0..<width * height).flatMap { _ in [background.x, background.y, background.z] }
    }

    /// Puts a picture with its upper left corner at (x, y); `palette` nil draws levels as greys.
    mutating func draw(_ picture: GrayPicture, x: Int, y: Int, palette: [UInt8]? = nil) {
        for row in 0..<picture.height {
            for column in 0..<picture.width {
                let level = picture.pixels[row * picture.width + column]
                let at = Int(level) * 3
                let colour = palette.map { SIMD3($0[at], $0[at + 1], $0[at + 2]) } ?? SIMD3(repeating: level)
                set(x + column, y + row, colour)
            }
        }
    }

    /// Writes one line, `scale` picture pixels per font pixel, upper left corner at (x, y).
    mutating func write(_ text: String, x: Int, y: Int, scale: Int, colour: SIMD3<UInt8>) {
        for (position, character) in text.enumerated() {
            let left = x + position * BitmapFont.advance * scale
            guard left < width else { return }
            for row in 0..<BitmapFont.height * scale {
                for column in 0..<5 * scale where BitmapFont.ink(character, x: column / scale, y: row / scale) {
                    set(left + column, y + row, colour)
                }
            }
        }
    }

    /// Pixels that `write` needs for a text.
    static func width(of text: String, scale: Int) -> Int {
        max(text.count * BitmapFont.advance - 1, 0) * scale
    }

    /// A text that fits, cut with ".." at its end where it must be.
    static func fit(_ text: String, into width: Int, scale: Int) -> String {
        guard self.width(of: text, scale: scale) > width else { return text }
        let room = max((width / scale + 1) / BitmapFont.advance - 2, 0)
        return String(text.prefix(room)) + ".."
    }

    /// The picture as a PNG file.
    func png() -> [UInt8] { PNG.encode(rgb: rgb, width: width, height: height) }

    private mutating func set(_ x: Int, _ y: Int, _ colour: SIMD3<UInt8>) {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        let at = (y * width + x) * 3
        (rgb[at], rgb[at + 1], rgb[at + 2]) = (colour.x, colour.y, colour.z)
    }
}
