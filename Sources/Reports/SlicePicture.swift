import Volumes

/// Pictures of planes through a volume, as a radiologist hangs them.
///
/// Volumes are stored in RAS order: i rises to the patient's right, j to anterior, k to superior; reorient them before.
/// Axial and coronal pictures have the patient's right on the left, sagittal ones anterior on the left; anterior or
/// superior is on top. Pixels are square: planes with unequal spacing are resized linearly.
package enum SlicePicture {
    /// The three planes.
    package enum Plane: Sendable, CaseIterable {
        case axial
        case coronal
        case sagittal
    }

    /// A box of voxels, both ends included.
    package struct Box: Sendable, Equatable {
        /// Lowest voxel of each axis.
        package var low: SIMD3<Int>
        /// Highest voxel of each axis.
        package var high: SIMD3<Int>

        /// A box of voxels, both ends included.
        package init(low: SIMD3<Int>, high: SIMD3<Int>) {
            (self.low, self.high) = (low, high)
        }
    }

    /// Draws one plane.
    ///
    /// - Parameters:
    ///   - volume: in RAS order.
    ///   - index: the slice along the plane's normal.
    ///   - box: the part to show, nil for the whole plane; its extent along the normal is ignored.
    ///   - white: intensity shown as white, 0 is black; not positive gives a black picture. NaN is black.
    ///   - millimetresPerPixel: size of a pixel.
    /// - Precondition: the slice and the box lie inside the volume.
    package static func draw(
        _ volume: Volume, plane: Plane, index: Int, box: Box? = nil, white: Float, millimetresPerPixel: Double
    ) -> GrayPicture {
        let size = volume.grid.size
        let box = box ?? Box(low: .zero, high: size &- 1)
        let (across, up, normal) = axes(plane)
        precondition((0..<3).allSatisfy { box.low[$0] >= 0 && box.low[$0] <= box.high[$0] && box.high[$0] < size[$0] })
        precondition(index >= 0 && index < size[normal], "slice outside the volume")
        let steps = spacing(volume.grid)
        let columns = Samples(low: box.low[across], high: box.high[across], step: steps[across] / millimetresPerPixel)
        let rows = Samples(low: box.low[up], high: box.high[up], step: steps[up] / millimetresPerPixel)
        let strides = SIMD3(1, size.x, size.x * size.y)
        let base = index * strides[normal]
        let gain = white > 0 && white.isFinite ? 255 / white : 0

        var pixels = [UInt8](repeating: 0, count: columns.count * rows.count)
        volume.voxels.withUnsafeBufferPointer { voxels in
            for row in 0..<rows.count {
                let (y0, y1, v) = rows[row]
                let (line0, line1) = (base + y0 * strides[up], base + y1 * strides[up])
                for column in 0..<columns.count {
                    let (x0, x1, u) = columns[column]
                    let (at0, at1) = (x0 * strides[across], x1 * strides[across])
                    let first = mix(voxels[line0 + at0], voxels[line0 + at1], u)
                    let second = mix(voxels[line1 + at0], voxels[line1 + at1], u)
                    let level = mix(first, second, v) * gain
                    pixels[row * columns.count + column] = level > 0 ? UInt8(min(level, 255).rounded()) : 0
                }
            }
        }
        return GrayPicture(width: columns.count, height: rows.count, pixels: pixels)
    }

    /// Length of a voxel along the storage axes in mm; 1 where the affine holds nothing usable.
    static func spacing(_ grid: Grid) -> SIMD3<Double> {
        func length(_ step: SIMD3<Double>) -> Double {
            let length = (step * step).sum().squareRoot()
            return length.isFinite && length > 0 ? length : 1
        }
        return SIMD3(length(grid.affine.i), length(grid.affine.j), length(grid.affine.k))
    }

    /// Storage axes of a plane: from the picture's right to its left, from bottom to top, and through it.
    static func axes(_ plane: Plane) -> (across: Int, up: Int, normal: Int) {
        switch plane {
        case .axial: (0, 1, 2)
        case .coronal: (0, 2, 1)
        case .sagittal: (1, 2, 0)
        }
    }

    private static func mix(_ a: Float, _ b: Float, _ t: Float) -> Float {
        t == 0 ? a : a + t * (b - a)
    }

    /// Where the pixels along one side of a picture fall between voxels; the first pixel is at the axis' high end.
    private struct Samples {
        let low: Int
        let high: Int
        let count: Int

        /// - Parameter step: pixels per voxel.
        init(low: Int, high: Int, step: Double) {
            (self.low, self.high) = (low, high)
            count = SlicePicture.pixels(voxels: high - low + 1, perVoxel: step)
        }

        subscript(pixel: Int) -> (Int, Int, Float) {
            let voxels = Double(high - low + 1)
            let position = Double(high) + 0.5 - (Double(pixel) + 0.5) * voxels / Double(count)
            let inside = min(max(position, Double(low)), Double(high))
            let floor = inside.rounded(.down)
            return (Int(floor), min(Int(floor) + 1, high), Float(inside - floor))
        }
    }

    /// Pixels along a side of so many voxels: at least 1, at most 4096 whatever the spacing.
    static func pixels(voxels: Int, perVoxel: Double) -> Int {
        Int(min(max((Double(voxels) * perVoxel).rounded(), 1), 4096))
    }
}
