import Records
import Volumes

/// The page about one prepared patient; `html()` lays it out.
package struct PreparationReport: Sendable {
    let record: PreparationRecord
    /// Rows of pictures, by contrast.
    let galleries: [(contrast: String, rows: [Row])]

    /// Three planes through one image.
    struct Row: Sendable {
        let title: String
        let pictures: [(plane: String, png: [UInt8], width: Int, height: Int)]
    }

    /// Longest side of a picture in pixels.
    private static let side = 300.0

    /// - Parameters:
    ///   - reference: the contrast on whose grid all lie.
    ///   - mask: 1 inside of the brain.
    ///   - contrasts: the others on that grid, as their headers place them and as they were registered; `before` is nil where
    ///     nothing was moved.
    package init(
        _ record: PreparationRecord, reference: Volume, mask: Volume,
        contrasts: [(name: String, before: Volume?, after: Volume)]
    ) {
        self.record = record
        let painter = Painter(reference: reference.reorientedToRAS(), mask: mask.reorientedToRAS(), side: Self.side)
        var galleries = [(record.reference, [painter.row("reference", painter.reference, hasEdges: false)])]
        for (name, before, after) in contrasts {
            let rows =
                (before.map { [painter.row("before", $0.reorientedToRAS(), hasEdges: true)] } ?? [])
                + [painter.row(before == nil ? "as it was" : "after", after.reorientedToRAS(), hasEdges: true)]
            galleries.append((name, rows))
        }
        self.galleries = galleries.map { (contrast: $0.0, rows: $0.1) }
    }

    /// Draws planes through the middle of the brain, all of one size.
    private struct Painter {
        let reference: Volume
        private let mask: Volume
        private let box: SlicePicture.Box
        private let middle: SIMD3<Int>
        private let millimetresPerPixel: Double
        private let white: Float

        init(reference: Volume, mask: Volume, side: Double) {
            (self.reference, self.mask) = (reference, mask)
            white = SliceSelection.percentile(reference)
            box = SliceSelection.box(of: reference, above: 0.1 * white, margin: 8)
            let brain = SliceSelection.box(of: mask, above: 0.5, margin: 0)
            middle = (brain.low &+ brain.high) / SIMD3(repeating: 2)
            let extent = SIMD3<Double>(box.high &- box.low &+ 1) * SlicePicture.spacing(reference.grid)
            millimetresPerPixel = extent.max() / side
        }

        func row(_ title: String, _ image: Volume, hasEdges: Bool) -> Row {
            let level = SliceSelection.percentile(image)
            func draw(_ volume: Volume, _ plane: SlicePicture.Plane, _ white: Float) -> GrayPicture {
                SlicePicture.draw(
                    volume, plane: plane, index: middle[SlicePicture.axes(plane).normal], box: box, white: white,
                    millimetresPerPixel: millimetresPerPixel)
            }
            let planes: [(String, SlicePicture.Plane)] = [
                ("axial", .axial), ("coronal", .coronal), ("sagittal", .sagittal),
            ]
            return Row(
                title: title,
                pictures: planes.map { name, plane in
                    let picture = PreparationPicture(
                        draw(image, plane, level), edgesOf: hasEdges ? draw(reference, plane, white) : nil,
                        outlineOf: draw(mask, plane, 1))
                    return (plane: name, png: picture.png, width: picture.width, height: picture.height)
                })
        }
    }
}
