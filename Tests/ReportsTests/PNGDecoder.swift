import CPNG

/// Reads PNG bytes back through libpng, to compare with what was encoded.
struct PNGDecoder {
    let width: Int
    let height: Int
    let rgb: [UInt8]

    init?(_ bytes: [UInt8]) {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        // libpng keeps the address of the bytes from the first call to the second.
        let pixels = bytes.withUnsafeBytes { raw -> [UInt8]? in
            guard png_image_begin_read_from_memory(&image, raw.baseAddress, raw.count) != 0 else { return nil }
            image.format = PNG_FORMAT_FLAG_COLOR
            var pixels = [UInt8](repeating: 0, count: Int(image.width) * Int(image.height) * 3)
            return png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 ? pixels : nil
        }
        guard let pixels else { return nil }
        (width, height, rgb) = (Int(image.width), Int(image.height), pixels)
    }

    /// Colour of a pixel, from the top left.
    subscript(x: Int, y: Int) -> [UInt8] {
        let at = (y * width + x) * 3
        return Array(rgb[at..<at + 3])
    }

    /// Sum of the three channels over a part of the picture.
    func ink(x: Range<Int>, y: Range<Int>) -> Int {
        y.reduce(0) { sum, row in sum + x.reduce(0) { $0 + self[$1, row].reduce(0) { $0 + Int($1) } } }
    }
}
