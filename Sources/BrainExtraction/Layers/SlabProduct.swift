import CKernels
import Tensors

/// Applies taps to a volume D,H,W,C: up to eight lines of a plane of the result are one task.
///
/// What the taps of a task see is copied once, padded with zeros, into a slab [x][y][z][channel] that the second-level cache holds. In
/// it the values under the taps of one x lie in one piece, for neighbouring voxels one step apart, so that a line is one product per tap
/// along x: three for a 3×3×3 filter, no patches gathered. What a task is follows from the shapes alone.
struct SlabProduct {
    private static let lines = 8

    let matrices: TapMatrices
    let places: PerAxis<Lattice>

    /// Writes the taps' sums, plus bias, to where the lattices say; other places of `result` are left alone.
    func apply(_ volume: Tensor, bias: Tensor? = nil, into result: Tensor) {
        let blocks = (places.y.count + Self.lines - 1) / Self.lines
        withPointers(to: volume, matrices, bias, result) { volume, matrices, bias, result in
            let shape = volume.shape
            let isInPlace =
                matrices.isSingleTap && places.z.isInside(shape.n) && places.y.isInside(shape.h)
                && places.x.isInside(shape.w)
            Parallel.forEach(places.z.count * blocks) { task in
                let first = task % blocks * Self.lines
                let lines = first..<min(places.y.count, first + Self.lines)
                let work = Work(
                    places: places, volume: volume, matrices: matrices, bias: bias?.pointer, result: result,
                    plane: task / blocks, lines: lines)
                if isInPlace { work.multiplyInPlace() } else { work.multiplySlab() }
            }
        }
    }
}

/// One task.
private struct Work {
    let places: PerAxis<Lattice>
    let volume: Tensor.Pointers
    let matrices: TapMatrices.Pointers
    let bias: UnsafeMutablePointer<Float>?
    let result: Tensor.Pointers
    /// Place q of the result along z.
    let plane: Int
    /// Places q along y.
    let lines: Range<Int>

    private var channels: Int { matrices.inputs }

    /// A single tap that never leaves the volume needs no copy.
    func multiplyInPlace() {
        let z = places.z.step * plane + places.z.first
        for line in lines {
            let y = places.y.step * line + places.y.first
            let start = volume.row((z * volume.shape.h + y) * volume.shape.w + places.x.first)
            multiply(line, start, row: places.x.step * volume.stride, tap: 0, columns: 0..<matrices.outputs)
        }
    }

    func multiplySlab() {
        let (taps, step) = (matrices.taps, places.y.step)
        let rows = step * (lines.count - 1) + taps.y
        let width = places.x.step * (places.x.count - 1) + taps.x
        let pitch = rows * taps.z * channels
        withPointers(to: Buffer(count: width * pitch)) { slab in
            for row in 0..<rows {
                for tap in 0..<taps.z {
                    copyLine(
                        z: places.z.step * plane + places.z.first + tap,
                        y: step * lines.lowerBound + places.y.first + row,
                        to: slab + (row * taps.z + tap) * channels, pitch: pitch, width: width)
                }
            }
            for column in stride(from: 0, to: matrices.outputs, by: matrices.panel) {
                let columns = column..<min(matrices.outputs, column + matrices.panel)
                for tap in 0..<taps.x {
                    for line in lines {
                        let start = slab + tap * pitch + step * (line - lines.lowerBound) * taps.z * channels
                        multiply(line, start, row: places.x.step * pitch, tap: tap, columns: columns)
                    }
                }
            }
        }
    }

    /// One line of the volume, zeros where it has none.
    private func copyLine(z: Int, y: Int, to slab: UnsafeMutablePointer<Float>, pitch: Int, width: Int) {
        func fill(_ places: Range<Int>) {
            guard !places.isEmpty else { return }
            ck_fill(
                slab + places.lowerBound * pitch, Int64(pitch), Int64(places.count), Int64(channels), 0)
        }
        let shape = volume.shape
        guard (0..<shape.n).contains(z), (0..<shape.h).contains(y) else { return fill(0..<width) }
        let before = min(width, max(0, -places.x.first))
        let end = max(before, min(width, shape.w - places.x.first))
        fill(0..<before)
        ck_copy(
            volume.row((z * shape.h + y) * shape.w + places.x.first + before), volume.stride64, slab + before * pitch,
            Int64(pitch), Int64(end - before), Int64(channels))
        fill(end..<width)
    }

    /// Adds what one tap along x gives to some outputs of a line.
    private func multiply(_ line: Int, _ a: UnsafePointer<Float>, row: Int, tap: Int, columns: Range<Int>) {
        let (z, y, x) = (places.z, places.y, places.x)
        let place =
            ((z.outStep * plane + z.outFirst) * result.shape.h + y.outStep * line + y.outFirst) * result.shape.w
            + x.outFirst
        ck_gemm(
            Int64(x.count), Int64(columns.count), Int64(matrices.depth), a, Int64(row), 1,
            matrices.matrix(tap, from: columns.lowerBound), Int64(matrices.panel * matrices.depth),
            Int64(matrices.panel), result.row(place) + columns.lowerBound, Int64(x.outStep * result.stride),
            tap == 0 ? bias.map { UnsafePointer($0 + columns.lowerBound) } : nil, tap > 0 ? 1 : 0)
    }
}
