/// An 8-bit picture of one plane: grey levels, or indices into a colour map.
package struct GrayPicture: Sendable, Equatable {
    /// Pixels across.
    package let width: Int
    /// Pixels down.
    package let height: Int
    /// `width * height` levels, row by row from the top left.
    package var pixels: [UInt8]

    /// - Precondition: `pixels.count == width * height`.
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height, "pixels do not fill the sides")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }
}
