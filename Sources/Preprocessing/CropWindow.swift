/// The part of each axial slice that the network sees, in pixels of the in-plane resampled RAS image.
///
/// The window may reach beyond the image; what lies there is 0.
package struct CropWindow: Sendable, Codable, Equatable {
    /// Column of the image (left to right) that becomes column 0 of the window; may be negative.
    package let x: Int
    /// Row of the image (posterior to anterior) that becomes row 0 of the window; may be negative.
    package let y: Int
    /// Columns; a multiple of 16.
    package let width: Int
    /// Rows; a multiple of 16.
    package let height: Int

    /// The window of at least `minimumWidth` × `minimumHeight` centred on the brain's bounding box over all slices.
    ///
    /// Where the box is longer than the minimum, the window grows to the next multiple of 16.
    ///
    /// - Returns: nil where there is no brain.
    init?(brain: [Bool], imageWidth: Int, imageHeight: Int, minimumWidth: Int, minimumHeight: Int) {
        var columns = [Int](repeating: 0, count: imageWidth)
        var rows = [Int](repeating: 0, count: imageHeight)
        for start in stride(from: 0, to: brain.count, by: imageWidth) {
            var total = 0
            for column in 0..<imageWidth where brain[start + column] {
                columns[column] += 1
                total += 1
            }
            rows[(start / imageWidth) % imageHeight] += total
        }
        guard let across = Self.extent(columns), let along = Self.extent(rows) else { return nil }
        (x, width) = Self.centred(on: across, minimum: minimumWidth)
        (y, height) = Self.centred(on: along, minimum: minimumHeight)
    }

    /// First and last line of the brain, given how many brain voxels each line holds.
    ///
    /// Lines with more than 8 voxels and more than 1 % of the fullest line's make the core; from there the extent goes on over
    /// every adjacent line that holds brain at all. So the tapering ends of a brain always belong to it, and only small specks
    /// with an empty line between them and the brain are left out. Without such a core every voxel counts.
    private static func extent(_ counts: [Int]) -> ClosedRange<Int>? {
        guard let fullest = counts.max(), fullest > 0 else { return nil }
        let isCore: (Int) -> Bool = { $0 > 8 && $0 * 100 > fullest }
        let start = counts.firstIndex(where: isCore) ?? counts.firstIndex { $0 > 0 }
        let end = counts.lastIndex(where: isCore) ?? counts.lastIndex { $0 > 0 }
        guard var first = start, var last = end else { return nil }
        while first > 0, counts[first - 1] > 0 { first -= 1 }
        while last + 1 < counts.count, counts[last + 1] > 0 { last += 1 }
        return first...last
    }

    private static func centred(on extent: ClosedRange<Int>, minimum: Int) -> (origin: Int, size: Int) {
        let size = extent.count <= minimum ? minimum : (extent.count + 15) / 16 * 16
        let slack = size - extent.count
        return (extent.lowerBound - slack / 2, size)
    }

    /// The window's part of an image stored slice by slice, row by row; `outside` where the window leaves the image.
    func cut<Element>(_ image: [Element], imageWidth: Int, imageHeight: Int, outside: Element) -> [Element] {
        let slices = image.count / (imageWidth * imageHeight)
        var window = [Element](repeating: outside, count: slices * height * width)
        eachSharedRow(slices: slices, imageWidth: imageWidth, imageHeight: imageHeight) { inImage, inWindow, count in
            for index in 0..<count { window[inWindow + index] = image[inImage + index] }
        }
        return window
    }

    /// Inverse of `cut`: the window put back into an image that is `outside` elsewhere.
    func paste<Element>(_ window: [Element], imageWidth: Int, imageHeight: Int, outside: Element) -> [Element] {
        let slices = window.count / (width * height)
        var image = [Element](repeating: outside, count: slices * imageHeight * imageWidth)
        eachSharedRow(slices: slices, imageWidth: imageWidth, imageHeight: imageHeight) { inImage, inWindow, count in
            for index in 0..<count { image[inImage + index] = window[inWindow + index] }
        }
        return image
    }

    private func eachSharedRow(
        slices: Int, imageWidth: Int, imageHeight: Int, _ body: (_ inImage: Int, _ inWindow: Int, _ count: Int) -> Void
    ) {
        let columns = max(x, 0)..<max(max(x, 0), min(x + width, imageWidth))
        let rows = max(y, 0)..<max(max(y, 0), min(y + height, imageHeight))
        for slice in 0..<slices {
            for row in rows {
                let inImage = (slice * imageHeight + row) * imageWidth + columns.lowerBound
                let inWindow = (slice * height + row - y) * width + columns.lowerBound - x
                body(inImage, inWindow, columns.count)
            }
        }
    }
}
