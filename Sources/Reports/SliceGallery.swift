import Foundation
import Volumes

/// Pictures of one imputed contrast: rows are axial slices, columns the inputs, the imputed image and, where there is a
/// truth, the truth and the absolute error.
package struct SliceGallery: Sendable, Codable {
    /// One picture.
    package struct Tile: Sendable, Codable {
        /// A PNG file's bytes.
        package var png: Data
        /// Width in pixels.
        package var width: Int
        /// Height in pixels.
        package var height: Int
    }

    /// One slice.
    package struct Row: Sendable, Codable {
        /// Where the slice lies, e.g. "z = 23 mm".
        package var title: String
        /// One tile per column.
        package var tiles: [Tile]
    }

    /// Column titles.
    package var columns: [String]
    /// Slices, superior first.
    package var rows: [Row]
    /// True where the last column is an error map and needs a colour bar.
    package var hasError: Bool

    /// Normalised absolute error shown as the brightest colour.
    package static let largestError: Float = 0.3

    /// Draws the pictures.
    ///
    /// All volumes are normalised (method.md §5: 1 is the 99.5th percentile, shown as white), in RAS order and on one
    /// grid.
    /// - Parameters:
    ///   - contrast: name of the imputed contrast.
    ///   - inputs: the contrasts it was imputed from, with their names.
    ///   - truth: the acquired contrast, where there is one; adds its column and the error's.
    ///   - brain: positive inside the brain; nil takes the voxels where the imputed image is positive.
    ///   - slices: number of rows.
    ///   - side: longer side of a tile in pixels.
    /// - Precondition: all volumes have the same number of voxels along each axis.
    package init(
        contrast: String, inputs: [(title: String, volume: Volume)], imputed: Volume, truth: Volume? = nil,
        brain: Volume? = nil, slices: Int = 4, side: Int = 208
    ) {
        let shown = inputs.map(\.volume) + [imputed] + [truth, brain].compactMap { $0 }
        precondition(shown.allSatisfy { $0.grid.size == imputed.grid.size }, "volumes on different grids")
        let mask = brain ?? imputed
        let box = SliceSelection.box(of: mask)
        let extent = SIMD3<Double>(box.high &- box.low &+ 1) * SlicePicture.spacing(imputed.grid)
        let scale = max(extent.x, extent.y) / Double(max(side, 1))
        func picture(_ volume: Volume, _ slice: Int, white: Float) -> GrayPicture {
            SlicePicture.draw(
                volume, plane: .axial, index: slice, box: box, white: white, millimetresPerPixel: scale)
        }

        columns = inputs.map(\.title) + [SliceGallery.title(imputed: contrast)]
        if truth != nil { columns += ["\(contrast) acquired", "Absolute error"] }
        hasError = truth != nil
        let error = truth.map { SliceGallery.absoluteDifference($0, imputed) }
        let centre = (SIMD3<Double>(box.low) + SIMD3<Double>(box.high)) / 2
        rows = SliceSelection.axial(mask, count: slices).map { slice in
            let gray = inputs.map(\.volume) + [imputed] + [truth].compactMap { $0 }
            var tiles = gray.map { Tile(gray: picture($0, slice, white: 1)) }
            if let error { tiles.append(Tile(heat: picture(error, slice, white: SliceGallery.largestError))) }
            let z = imputed.grid.affine.world(SIMD3(centre.x, centre.y, Double(slice))).z
            return Row(title: ReportNumber.millimetres(z), tiles: tiles)
        }
    }

    static func absoluteDifference(_ a: Volume, _ b: Volume) -> Volume {
        Volume(grid: a.grid, voxels: zip(a.voxels, b.voxels).map { abs($0 - $1) })
    }
}

extension SliceGallery.Tile {
    /// A grey picture.
    init(gray: GrayPicture) {
        self.init(
            png: Data(PNG.encode(gray: gray.pixels, width: gray.width, height: gray.height)), width: gray.width,
            height: gray.height)
    }

    /// A picture in the error's colours.
    init(heat: GrayPicture) {
        let bytes = PNG.encode(
            indices: heat.pixels, palette: ColourMap.inferno, width: heat.width, height: heat.height)
        self.init(png: Data(bytes), width: heat.width, height: heat.height)
    }
}
