import CKernels
import Tensors

/// 3×3 convolutions of step 1 by Winograd's F(4×4,3×3): 36 products of small matrices instead of 9 · 16 per tile and channel, a
/// quarter of the multiplications (Lavin and Gray, arXiv:1509.09308).
///
/// Two schedules, same bits. Where filters are small, threads take blocks of tiles from input to output, all of it in their caches.
/// Where filters outweigh the image, threads take some of the outputs for all tiles, so that every filter is read once.
enum Winograd {
    /// Tiles of a block.
    private static let blockTiles = 72
    /// Transformed filters from this size on (bytes) are shared out between the threads.
    private static let largeFilter = 12 << 20
    /// Tiles that are kept at once when filters are shared out, and outputs that a thread takes: fewer where it has to transform the
    /// filters first, so that all of it stays in the last cache.
    private static let shared = (kept: (tiles: 288, outputs: 128), transformed: (tiles: 96, outputs: 64))

    /// y = x ∗ filter, x padded by `padding` zeros and read through `activation`.
    static func forward(
        _ x: Tensor, _ activation: ChannelActivation?, _ filter: PreparedFilter, padding: Int,
        bias: UnsafePointer<Float>? = nil, addend: Tensor? = nil, into y: Tensor, statistics: RunStatistics? = nil
    ) {
        let grid = TileGrid(y.shape)
        let layer = Layer(
            x: x, activation: activation, filter: filter, padding: padding, bias: bias, addend: addend, y: y,
            statistics: statistics, grid: grid)
        if filter.bytes < largeFilter {
            let together = min(grid.runsPerBlock(tiles: blockTiles), max(1, grid.runs / 8))
            Parallel.forEachChunk(of: grid.runs, by: together) { layer.byTiles($0) }
        } else {
            let share = filter.isKept ? shared.kept : shared.transformed
            let together = grid.runsPerBlock(tiles: share.tiles)
            for first in stride(from: 0, to: grid.runs, by: together) {
                layer.byOutputs(first..<min(grid.runs, first + together), columns: share.outputs)
            }
        }
    }

    private struct Layer {
        let x: Tensor
        let activation: ChannelActivation?
        let filter: PreparedFilter
        let padding: Int
        let bias: UnsafePointer<Float>?
        let addend: Tensor?
        let y: Tensor
        let statistics: RunStatistics?
        let grid: TileGrid

        func byTiles(_ runs: Range<Int>) {
            let tiles = grid.tiles(in: runs)
            let (v, m) = (TransformedTiles(tiles, channels: x.shape.c), TransformedTiles(tiles, channels: y.shape.c))
            grid.forEach(runs) { transformInput($1, v, at: $2) }
            for position in 0..<TileGrid.positions {
                for group in 0..<filter.groups {
                    multiply(v, m, group, position, 0..<filter.outputs, filter.matrix(group, position))
                }
            }
            grid.forEach(runs) { transformOutput($0, $1, m, at: $2) }
        }

        func byOutputs(_ runs: Range<Int>, columns width: Int) {
            let tiles = grid.tiles(in: runs)
            let (v, m) = (TransformedTiles(tiles, channels: x.shape.c), TransformedTiles(tiles, channels: y.shape.c))
            var before: [Int] = []
            grid.forEach(runs) { before.append($2) }
            Parallel.forEach(runs.count) { index in
                transformInput(grid.run(runs.lowerBound + index), v, at: before[index])
            }
            let parts = (filter.outputs + width - 1) / width
            func columns(_ part: Int) -> Range<Int> { part * width..<min(filter.outputs, (part + 1) * width) }
            if filter.isKept {
                Parallel.forEach(TileGrid.positions * filter.groups * parts) { index in
                    let (position, group) = (index / parts / filter.groups, index / parts % filter.groups)
                    let columns = columns(index % parts)
                    let matrix = filter.matrix(group, position, from: columns.lowerBound)
                    multiply(v, m, group, position, columns, matrix)
                }
            } else {
                Parallel.forEach(filter.groups * parts) { index in
                    let (group, columns) = (index / parts, columns(index % parts))
                    let (matrices, position) = filter.transformed(group, columns)
                    withExtendedLifetime(matrices) {
                        for index in 0..<TileGrid.positions {
                            multiply(v, m, group, index, columns, matrices.pointer + index * position)
                        }
                    }
                }
            }
            Parallel.forEach(runs.count) { index in
                let run = runs.lowerBound + index
                transformOutput(run, grid.run(run), m, at: before[index])
            }
        }

        private func transformInput(_ run: TileGrid.Run, _ v: TransformedTiles, at tile: Int) {
            activation.withKernel(run.image) { activation in
                withUnsafePointer(to: x.ckImage(run.image)) {
                    ck_winograd_input(
                        $0, Int64(padding), Int64(run.row), Int64(run.first), Int64(run.count), activation,
                        v.row(tile), Int64(v.position), Int64(v.pitch))
                }
            }
        }

        private func multiply(
            _ v: TransformedTiles, _ m: TransformedTiles, _ group: Int, _ position: Int, _ outputs: Range<Int>,
            _ matrix: UnsafePointer<Float>
        ) {
            let panel = 2 * Int(ck_vector())
            ck_gemm(
                Int64(v.tiles), Int64(outputs.count), Int64(filter.inputs),
                v.matrix(position) + group * filter.inputs, Int64(v.pitch), 1,
                matrix, Int64(panel * filter.inputs), Int64(panel),
                m.matrix(position) + group * filter.outputs + outputs.lowerBound, Int64(m.pitch), nil, 0)
        }

        private func transformOutput(_ index: Int, _ run: TileGrid.Run, _ m: TransformedTiles, at tile: Int) {
            func write(_ addend: UnsafePointer<ck_image>?) {
                withUnsafePointer(to: y.ckImage(run.image)) {
                    ck_winograd_output(
                        $0, Int64(run.row), Int64(run.first), Int64(run.count), m.row(tile), Int64(m.position),
                        Int64(m.pitch), bias, addend, statistics?.shifts(index), statistics?.sums(index),
                        statistics?.squares(index))
                }
            }
            guard let addend else { return write(nil) }
            withUnsafePointer(to: addend.ckImage(0)) { write($0) }
        }
    }
}

/// Values of tiles in the transform domain: 36 matrices tiles × channels.
struct TransformedTiles {
    let tiles: Int
    /// Floats between two tiles, and between two positions. Neither is a multiple of 4 KiB, at which cache lines get in each other's way.
    let pitch: Int
    let position: Int
    private let buffer: Buffer

    init(_ tiles: Int, channels: Int) {
        self.tiles = tiles
        let rounded = (channels + 15) / 16 * 16
        pitch = rounded % 256 == 0 ? rounded + 16 : rounded
        let size = tiles * pitch
        position = size % 256 == 0 ? size + 16 : size
        buffer = Buffer(count: TileGrid.positions * position)
    }

    func row(_ tile: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + tile * pitch }
    func matrix(_ index: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + index * position }
}
