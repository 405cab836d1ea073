import CKernels
import Tensors

/// 3×3 convolutions of stride 1 by Winograd's F(4×4,3×3): 36 products of small matrices instead of 9 · 16 per tile and
/// channel, a quarter of the multiplications (Lavin and Gray, arXiv:1509.09308).
///
/// Two schedules, same bits. Where filters are small, threads take blocks of tiles from input to output, all of it in
/// their caches. Where filters outweigh the image, threads take some of the outputs for all tiles, so that every filter
/// is read once.
enum Winograd {
    /// Tiles of a block.
    private static let blockTiles = 72
    /// Transformed filters from this size on (bytes) are shared out between the threads.
    private static let largeFilter = 12 << 20
    /// Tiles that are kept at once when filters are shared out, and outputs that a thread takes: fewer where it has to
    /// transform the filters first, so that all of it stays in the last cache.
    private static let shared = (kept: (tiles: 288, outputs: 128), transformed: (tiles: 96, outputs: 64))

    /// y = x ∗ filter, x padded by `padding` zeros and read through `activation`.
    static func forward(
        _ x: Tensor, _ activation: ChannelActivation?, _ filter: PreparedFilter, padding: Int,
        bias: Tensor? = nil, addend: Tensor? = nil, into y: Tensor, statistics: RunStatistics? = nil
    ) {
        let tiling = Tiling(y.shape)
        let layer = Layer(filter: filter, padding: padding, tiling: tiling)
        withPointers(to: x, activation, bias, addend, y, statistics) { x, activation, bias, addend, y, statistics in
            let images = Images(
                x: x, activation: activation, bias: bias, addend: addend, y: y, statistics: statistics)
            if filter.bytes < largeFilter {
                let together = min(tiling.runsPerBlock(tiles: blockTiles), max(1, tiling.runs / 8))
                Parallel.forEachChunk(of: tiling.runs, by: together) { layer.byTiles($0, images) }
            } else {
                let share = filter.isKept ? shared.kept : shared.transformed
                let together = tiling.runsPerBlock(tiles: share.tiles)
                for first in stride(from: 0, to: tiling.runs, by: together) {
                    layer.byOutputs(first..<min(tiling.runs, first + together), columns: share.outputs, images)
                }
            }
        }
    }

    /// What a layer reads and writes.
    private struct Images {
        let x: Tensor.Pointers
        let activation: ChannelActivation.Pointers?
        let bias: Tensor.Pointers?
        let addend: Tensor.Pointers?
        let y: Tensor.Pointers
        let statistics: RunStatistics.Pointers?
    }

    private struct Layer {
        let filter: PreparedFilter
        let padding: Int
        let tiling: Tiling

        /// Of the transformed input.
        private var layout: ck_layout { filter.precision == .bfloat16 ? CK_CHANNEL_PAIRS : CK_FLOATS }

        func byTiles(_ runs: Range<Int>, _ images: Images) {
            let tiles = tiling.tiles(in: runs)
            let inputs = TransformedTiles(tiles, channels: images.x.shape.c, layout: layout)
            let outputs = TransformedTiles(tiles, channels: images.y.shape.c)
            withPointers(to: inputs, outputs, filter) { v, m, filters in
                guard let filters else { preconditionFailure("a small filter is kept") }
                tiling.forEach(runs) { transformInput($1, of: images, to: v, at: $2) }
                for position in 0..<Tiling.positions {
                    for group in 0..<filter.groups {
                        multiply(
                            v, to: m, group: group, position: position, outputs: 0..<filter.outputs,
                            by: filters.matrix(group, position))
                    }
                }
                tiling.forEach(runs) { transformOutput($0, $1, from: m, at: $2, to: images) }
            }
        }

        func byOutputs(_ runs: Range<Int>, columns width: Int, _ images: Images) {
            let tiles = tiling.tiles(in: runs)
            let inputs = TransformedTiles(tiles, channels: images.x.shape.c, layout: layout)
            let outputs = TransformedTiles(tiles, channels: images.y.shape.c)
            var before: [Int] = []
            tiling.forEach(runs) { before.append($2) }
            withPointers(to: inputs, outputs, filter) { v, m, kept in
                Parallel.forEach(runs.count) { index in
                    transformInput(tiling.run(runs.lowerBound + index), of: images, to: v, at: before[index])
                }
                if let kept { multiply(v, to: m, columns: width, by: kept) } else { multiply(v, to: m, columns: width) }
                Parallel.forEach(runs.count) { index in
                    let run = runs.lowerBound + index
                    transformOutput(run, tiling.run(run), from: m, at: before[index], to: images)
                }
            }
        }

        private func multiply(
            _ v: TransformedTiles.Pointers, to m: TransformedTiles.Pointers, columns width: Int,
            by kept: PreparedFilter.Matrices
        ) {
            let parts = parts(width)
            Parallel.forEach(Tiling.positions * filter.groups * parts) { index in
                let (position, group) = (index / parts / filter.groups, index / parts % filter.groups)
                let columns = columns(index % parts, width)
                multiply(
                    v, to: m, group: group, position: position, outputs: columns,
                    by: kept.matrix(group, position, from: columns.lowerBound))
            }
        }

        private func multiply(_ v: TransformedTiles.Pointers, to m: TransformedTiles.Pointers, columns width: Int) {
            let parts = parts(width)
            Parallel.forEach(filter.groups * parts) { index in
                let (group, columns) = (index / parts, columns(index % parts, width))
                let (matrices, position) = filter.transformed(group, columns)
                withPointers(to: matrices) { matrices in
                    for index in 0..<Tiling.positions {
                        multiply(
                            v, to: m, group: group, position: index, outputs: columns, by: matrices + index * position)
                    }
                }
            }
        }

        private func parts(_ width: Int) -> Int { (filter.outputs + width - 1) / width }

        private func columns(_ part: Int, _ width: Int) -> Range<Int> {
            part * width..<min(filter.outputs, (part + 1) * width)
        }

        private func transformInput(
            _ run: Tiling.Run, of images: Images, to v: TransformedTiles.Pointers, at tile: Int
        ) {
            images.activation.withKernel(run.image) { activation in
                withUnsafePointer(to: images.x.ckImage(run.image)) {
                    ck_winograd_input(
                        $0, Int64(padding), Int64(run.row), Int64(run.first), Int64(run.count), activation,
                        v.layout, v.row(tile), Int64(v.position), Int64(v.pitch))
                }
            }
        }

        private func multiply(
            _ v: TransformedTiles.Pointers, to m: TransformedTiles.Pointers, group: Int, position: Int,
            outputs: Range<Int>, by matrix: UnsafePointer<Float>
        ) {
            let panel = 2 * Int(ck_vector())
            multiplied(
                filter.precision, rows: v.tiles, columns: outputs.count, depth: filter.depth,
                v.matrix(position, from: group * filter.inputs), row: v.pitch, step: 1,
                matrix, panel: panel * filter.depth, row: panel,
                into: m.matrix(position, from: group * filter.outputs + outputs.lowerBound), row: m.pitch)
        }

        private func transformOutput(
            _ index: Int, _ run: Tiling.Run, from m: TransformedTiles.Pointers, at tile: Int, to images: Images
        ) {
            let statistics = images.statistics
            func write(_ addend: UnsafePointer<ck_image>?) {
                withUnsafePointer(to: images.y.ckImage(run.image)) {
                    ck_winograd_output(
                        $0, Int64(run.row), Int64(run.first), Int64(run.count), m.row(tile), Int64(m.position),
                        Int64(m.pitch), images.bias?.pointer, addend, statistics?.shifts(index),
                        statistics?.sums(index), statistics?.squares(index))
                }
            }
            guard let addend = images.addend else { return write(nil) }
            withUnsafePointer(to: addend.ckImage(0)) { write($0) }
        }
    }
}
