import Volumes

/// One picture that shows at a glance what volumes hold.
package enum QuickLook {
    /// Three orthogonal slices through the middle of each volume's content: axial, coronal, sagittal from top to
    /// bottom, one column per volume.
    ///
    /// Every volume is shown from 0 to its own 99.5th percentile, all at the same scale. Axial and coronal slices have
    /// the patient's right on the left (marked R), sagittal ones anterior (A).
    /// - Parameter volumes: in RAS order (reorient them before), each with a title.
    /// - Precondition: there is at least one volume and none is empty.
    /// - Returns: the bytes of a PNG file.
    package static func png(_ volumes: [(title: String, volume: Volume)]) -> [UInt8] {
        precondition(!volumes.isEmpty, "nothing to show")
        let windows = volumes.map { SliceSelection.percentile($0.volume) }
        let boxes = zip(volumes, windows).map { SliceSelection.box(of: $0.volume, above: 0.1 * $1, margin: 8) }
        let extents = zip(volumes, boxes).map { volume, box in
            (SIMD3<Double>(box.high &- box.low &+ 1) * SlicePicture.spacing(volume.volume.grid)).max()
        }
        let millimetresPerPixel = (extents.max() ?? 1) / side
        let rows = SlicePicture.Plane.allCases.map { plane in
            volumes.indices.map { index in
                let box = boxes[index]
                let middle = (box.low &+ box.high) / SIMD3(repeating: 2)
                let picture = SlicePicture.draw(
                    volumes[index].volume, plane: plane, index: middle[SlicePicture.axes(plane).normal], box: box,
                    white: windows[index], millimetresPerPixel: millimetresPerPixel)
                return Montage.Tile(picture: picture, mark: plane == .sagittal ? "A" : "R")
            }
        }
        return Montage(titles: volumes.map(\.title), rows: rows).png()
    }

    /// Longest side of the largest slice in pixels.
    private static let side = 260.0
}
