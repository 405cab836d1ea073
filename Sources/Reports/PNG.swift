import CPNG

/// PNG files in memory, through libpng's simplified interface; the only file that touches raw pointers.
package enum PNG {
    /// Encodes an 8-bit grey picture, row by row from the top left.
    ///
    /// - Precondition: sides are positive and `gray.count == width * height`.
    /// - Returns: the bytes of a PNG file.
    package static func encode(gray: [UInt8], width: Int, height: Int) -> [UInt8] {
        encode(gray, format: 0, channels: 1, width: width, height: height, palette: [])
    }

    /// Encodes an 8-bit RGB picture, three bytes per pixel, row by row from the top left.
    ///
    /// - Precondition: sides are positive and `rgb.count == 3 * width * height`.
    /// - Returns: the bytes of a PNG file.
    package static func encode(rgb: [UInt8], width: Int, height: Int) -> [UInt8] {
        encode(rgb, format: PNG_FORMAT_FLAG_COLOR, channels: 3, width: width, height: height, palette: [])
    }

    /// Encodes a picture of palette indices: a third of the bytes of the same picture in RGB.
    ///
    /// - Parameter palette: 1…256 colours, three bytes (R, G, B) each.
    /// - Precondition: sides are positive, `indices.count == width * height`, every index lies in the palette.
    /// - Returns: the bytes of a PNG file.
    package static func encode(indices: [UInt8], palette: [UInt8], width: Int, height: Int) -> [UInt8] {
        precondition(!palette.isEmpty && palette.count % 3 == 0 && palette.count <= 768, "palette of 1…256 RGB colours")
        precondition(indices.allSatisfy { Int($0) < palette.count / 3 }, "index outside the palette")
        let format = PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_COLORMAP
        return encode(indices, format: format, channels: 1, width: width, height: height, palette: palette)
    }

    /// Width and height as a PNG file's header has them; nil if it is none.
    static func size(of file: some Collection<UInt8>) -> (width: Int, height: Int)? {
        let header = Array(file.prefix(24))
        guard header.count == 24, header.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return nil }
        func number(_ at: Int) -> Int { header[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        return (number(16), number(20))
    }

    private static func encode(
        _ pixels: [UInt8], format: UInt32, channels: Int, width: Int, height: Int, palette: [UInt8]
    ) -> [UInt8] {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * channels, "pixels do not fill the sides")
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        image.width = UInt32(width)
        image.height = UInt32(height)
        image.format = format
        image.colormap_entries = UInt32(palette.count / 3)
        // libpng's bound: zlib's worst case (one byte in 8 and one in 64 more) over rows with a filter byte, and the
        // small chunks.
        let raw = pixels.count + height
        let capacity = raw + raw / 6 + palette.count + 4096
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var size = png_alloc_size_t(buffer.count)
            let written = png_image_write_to_memory(
                &image, buffer.baseAddress, &size, 0, pixels, 0, palette.isEmpty ? nil : palette)
            count = written != 0 ? Int(size) : 0
        }
        precondition(!bytes.isEmpty, "libpng refused the picture")
        return bytes
    }
}
