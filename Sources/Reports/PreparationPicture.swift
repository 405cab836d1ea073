import Volumes

/// One plane of a contrast, with the edges of the reference and the outline of the brain mask over it.
struct PreparationPicture {
    /// Indices into `palette`: greys, then these two.
    private static let edge: UInt8 = 254
    private static let outline: UInt8 = 255
    private static let greys = 254
    /// Orange edges, blue outline.
    private static let palette: [UInt8] =
        (0..<greys).flatMap { level -> [UInt8] in
            let grey = UInt8(level * 255 / (greys - 1))
            return [grey, grey, grey]
        } + [255, 170, 40, 70, 190, 255]
    /// Share of the reference's pixels that may be edges.
    private static let shareOfEdges = 0.08

    let png: [UInt8]
    let width: Int
    let height: Int

    /// - Parameters:
    ///   - image: grey levels of the contrast.
    ///   - reference: the same plane of the reference; nil to draw no edges.
    ///   - mask: the same plane of the mask, white inside.
    init(_ image: GrayPicture, edgesOf reference: GrayPicture?, outlineOf mask: GrayPicture) {
        var pixels = image.pixels.map { UInt8(Int($0) * (Self.greys - 1) / 255) }
        if let reference {
            for (index, isEdge) in Self.edges(of: reference).enumerated() where isEdge { pixels[index] = Self.edge }
        }
        for (index, isOutline) in Self.outline(of: mask).enumerated() where isOutline { pixels[index] = Self.outline }
        (width, height) = (image.width, image.height)
        png = PNG.encode(indices: pixels, palette: Self.palette, width: width, height: height)
    }

    /// Where the smoothed picture changes most across one of the two directions.
    private static func edges(of picture: GrayPicture) -> [Bool] {
        let (width, height) = (picture.width, picture.height)
        var edges = [Bool](repeating: false, count: width * height)
        guard width > 6, height > 6 else { return edges }
        let smooth = smoothed(smoothed(picture.pixels.map { Float($0) }, width), width)
        var steps = [SIMD2<Float>](repeating: .zero, count: width * height)
        for y in 1..<height - 1 {
            for x in 1..<width - 1 {
                let at = y * width + x
                steps[at] = SIMD2(smooth[at + 1] - smooth[at - 1], smooth[at + width] - smooth[at - width])
            }
        }
        let sizes = steps.map { ($0 * $0).sum() }
        let sorted = sizes.sorted()
        let limit = max(sorted[Int(Double(sorted.count - 1) * (1 - 2 * shareOfEdges))], 16)
        for y in 2..<height - 2 {
            for x in 2..<width - 2 {
                let at = y * width + x
                guard sizes[at] > limit else { continue }
                let beside = abs(steps[at].x) > abs(steps[at].y) ? 1 : width
                edges[at] = sizes[at] >= sizes[at - beside] && sizes[at] > sizes[at + beside]
            }
        }
        return edges
    }

    /// Means of 3 × 3 pixels; the rim stays.
    private static func smoothed(_ pixels: [Float], _ width: Int) -> [Float] {
        let height = pixels.count / width
        var result = pixels
        for y in 1..<height - 1 {
            for x in 1..<width - 1 {
                var sum: Float = 0
                for row in -1...1 { for column in -1...1 { sum += pixels[(y + row) * width + x + column] } }
                result[y * width + x] = sum / 9
            }
        }
        return result
    }

    /// Pixels inside that have a neighbour outside.
    private static func outline(of mask: GrayPicture) -> [Bool] {
        let (width, height) = (mask.width, mask.height)
        func isInside(_ x: Int, _ y: Int) -> Bool {
            x >= 0 && y >= 0 && x < width && y < height && mask.pixels[y * width + x] > 127
        }
        return (0..<width * height).map { at in
            let (x, y) = (at % width, at / width)
            return isInside(x, y)
                && !(isInside(x - 1, y) && isInside(x + 1, y) && isInside(x, y - 1) && isInside(x, y + 1))
        }
    }
}
