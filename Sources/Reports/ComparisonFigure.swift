import Volumes

/// One picture that puts contrasts side by side: rows are axial slices, columns volumes.
public enum ComparisonFigure {
    /// Draws axial slices of volumes on one grid, with titles and, where asked for, a column of absolute errors.
    ///
    /// All volumes are normalised (METHOD §5; 1 is white) and in RAS order. The patient's right is on the left, anterior
    /// on top. Errors run from 0 to `SliceGallery.largestError` in the colours of `ColourMap.inferno`, with a colour bar.
    /// - Parameters:
    ///   - columns: title and volume of each column, from the left.
    ///   - error: a last column |imputed − truth|.
    ///   - brain: positive inside the brain; nil takes the first column's positive voxels.
    ///   - slices: axial indices from top to bottom; nil picks `rows` representative ones. Indices outside are left out.
    ///   - side: longer side of a tile in pixels.
    /// - Precondition: there is a column, and all volumes have the same number of voxels along each axis.
    /// - Returns: the bytes of a PNG file.
    public static func png(
        columns: [(title: String, volume: Volume)],
        error: (title: String, imputed: Volume, truth: Volume)? = nil, brain: Volume? = nil, slices: [Int]? = nil,
        rows: Int = 3, side: Int = 240
    ) -> [UInt8] {
        precondition(!columns.isEmpty, "nothing to show")
        let grid = columns[0].volume.grid
        let others = [error?.imputed, error?.truth, brain].compactMap { $0 }
        precondition((columns.map(\.volume) + others).allSatisfy { $0.grid.size == grid.size }, "different grids")
        let mask = brain ?? columns[0].volume
        let box = SliceSelection.box(of: mask)
        let extent = SIMD3<Double>(box.high &- box.low &+ 1) * SlicePicture.spacing(grid)
        let millimetresPerPixel = max(extent.x, extent.y) / Double(max(side, 1))
        func picture(_ volume: Volume, _ slice: Int, white: Float) -> GrayPicture {
            SlicePicture.draw(
                volume, plane: .axial, index: slice, box: box, white: white, millimetresPerPixel: millimetresPerPixel)
        }

        let difference = error.map { SliceGallery.absoluteDifference($0.truth, $0.imputed) }
        let shown = slices?.filter { $0 >= 0 && $0 < grid.size.z } ?? SliceSelection.axial(mask, count: rows)
        let tiles = shown.map { slice in
            var row = columns.map { Montage.Tile(picture: picture($0.volume, slice, white: 1)) }
            row[0].mark = "R"
            if let difference {
                let heat = picture(difference, slice, white: SliceGallery.largestError)
                row.append(Montage.Tile(picture: heat, palette: ColourMap.inferno))
            }
            return row
        }
        var montage = Montage(titles: columns.map(\.title) + [error?.title].compactMap { $0 }, rows: tiles)
        if error != nil {
            montage.colourBar = (columns.count, "0", ReportNumber.short(Double(SliceGallery.largestError)))
        }
        return montage.png()
    }
}
