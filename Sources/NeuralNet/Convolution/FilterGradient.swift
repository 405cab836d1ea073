import CKernels
import Tensors

/// The weight gradient of a 3×3 convolution in the transform domain: dU = Vᵀ · (A·dY·Aᵀ) for each of the 36 positions, then Gᵀ·dU·G.
struct FilterGradient {
    /// Transformed filters (bytes) from this size on are shared out between the threads instead of the tiles.
    private static let largeFilter = 6 << 20
    private static let blockTiles = 96
    /// Floats of transformed tiles that are kept at once when filters are shared out.
    private static let sharedFloats = 16 << 20

    let x: Tensor
    let activation: ChannelActivation?
    let dy: Tensor
    let padding: Int
    let bank: FilterBank

    private var grid: TileGrid { TileGrid(dy.shape) }
    private var matrix: Int { bank.inputs * bank.outputs }
    private var size: Int { bank.groups * TileGrid.positions * matrix }

    func add() {
        let perTile = TileGrid.positions * (x.shape.c + dy.shape.c)
        if bank.merge == 1, size * 4 >= Self.largeFilter, grid.tiles * perTile <= Self.sharedFloats {
            byInputs()
            return
        }
        let gradient = size * 4 >= Self.largeFilter ? byMatrices(Self.sharedFloats / perTile) : byTiles()
        withExtendedLifetime(gradient) {
            for group in 0..<bank.groups {
                let source = gradient.pointer + group * TileGrid.positions * matrix
                if bank.merge == 1 {
                    addInverse(source, to: bank.parameters[group].gradientForAdding())
                } else {
                    let collected = Tensor(Shape(1, 1, 1, bank.taps * matrix), filledWith: 0)
                    addInverse(source, to: collected.pointer)
                    withExtendedLifetime(collected) { bank.addGradient(collected.pointer, group) }
                }
            }
        }
    }

    private func addInverse(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
        Parallel.forEachChunk(of: bank.inputs, by: 16) { range in
            ck_winograd_filter_gradient(
                source + range.lowerBound * bank.outputs, Int64(matrix), Int64(bank.inputs), Int64(bank.outputs),
                Int64(range.lowerBound), Int64(range.count), target)
        }
    }

    /// All tiles are transformed; then each thread takes some inputs of a group from the products to the filters' gradient, so that
    /// what is four times as large as the filters never leaves its cache.
    private func byInputs() {
        let grid = grid
        let (v, d) = (
            TransformedTiles(grid.tiles, channels: x.shape.c), TransformedTiles(grid.tiles, channels: dy.shape.c)
        )
        var before: [Int] = []
        grid.forEach(0..<grid.runs) { before.append($2) }
        Parallel.forEach(grid.runs) { transform(grid.run($0), v, d, at: before[$0]) }
        let gradients = bank.parameters.map { $0.gradientForAdding() }
        let rows = 24
        let parts = (bank.inputs + rows - 1) / rows
        Parallel.forEach(bank.groups * parts) { index in
            let (group, first) = (index / parts, index % parts * rows)
            let inputs = first..<min(bank.inputs, first + rows)
            let part = inputs.count * bank.outputs
            let sums = Buffer(count: TileGrid.positions * part)
            withExtendedLifetime(sums) {
                for position in 0..<TileGrid.positions {
                    multiply(v, d, group, position, inputs, into: sums.pointer + position * part, add: false)
                }
                ck_winograd_filter_gradient(
                    sums.pointer, Int64(part), Int64(bank.inputs), Int64(bank.outputs), Int64(first),
                    Int64(inputs.count), gradients[group])
            }
        }
    }

    /// Parts of the image side by side, each with sums of its own, which are added in order.
    private func byTiles() -> Buffer {
        let grid = grid
        let together = grid.runsPerBlock(tiles: Self.blockTiles)
        let blocks = (grid.runs + together - 1) / together
        let parts = min(blocks, size > 1 << 18 ? 4 : 8)
        let sums = (0..<parts).map { _ in Buffer(count: size) }
        Parallel.forEach(parts) { part in
            let range = part * blocks / parts..<(part + 1) * blocks / parts
            for block in range {
                let runs = block * together..<min(grid.runs, (block + 1) * together)
                let tiles = grid.tiles(in: runs)
                let (v, d) = (
                    TransformedTiles(tiles, channels: x.shape.c), TransformedTiles(tiles, channels: dy.shape.c)
                )
                grid.forEach(runs) { transform($1, v, d, at: $2) }
                for position in 0..<TileGrid.positions {
                    for group in 0..<bank.groups {
                        multiply(
                            v, d, group, position, 0..<bank.inputs, into: target(sums[part], group, position),
                            add: block > range.lowerBound)
                    }
                }
            }
        }
        return addedUp(sums, count: size)
    }

    /// Many tiles are transformed, then the matrices are shared out.
    private func byMatrices(_ tiles: Int) -> Buffer {
        let grid = grid
        let sums = Buffer(count: size)
        let together = grid.runsPerBlock(tiles: max(grid.longest, tiles))
        let rows = 96
        let parts = (bank.inputs + rows - 1) / rows
        for first in stride(from: 0, to: grid.runs, by: together) {
            let runs = first..<min(grid.runs, first + together)
            let tiles = grid.tiles(in: runs)
            let (v, d) = (
                TransformedTiles(tiles, channels: x.shape.c), TransformedTiles(tiles, channels: dy.shape.c)
            )
            var before: [Int] = []
            grid.forEach(runs) { before.append($2) }
            Parallel.forEach(runs.count) { transform(grid.run(first + $0), v, d, at: before[$0]) }
            Parallel.forEach(TileGrid.positions * bank.groups * parts) { index in
                let (input, group) = (index % parts * rows, index / parts % bank.groups)
                let position = index / parts / bank.groups
                multiply(
                    v, d, group, position, input..<min(bank.inputs, input + rows),
                    into: target(sums, group, position) + input * bank.outputs, add: first > 0)
            }
        }
        return sums
    }

    private func transform(_ run: TileGrid.Run, _ v: TransformedTiles, _ d: TransformedTiles, at tile: Int) {
        activation.withKernel(run.image) { activation in
            withUnsafePointer(to: x.ckImage(run.image)) {
                ck_winograd_input(
                    $0, Int64(padding), Int64(run.row), Int64(run.first), Int64(run.count), activation, v.row(tile),
                    Int64(v.position), Int64(v.pitch))
            }
        }
        withUnsafePointer(to: dy.ckImage(run.image)) {
            ck_winograd_gradient(
                $0, Int64(run.row), Int64(run.first), Int64(run.count), d.row(tile), Int64(d.position), Int64(d.pitch))
        }
    }

    private func target(_ sums: Buffer, _ group: Int, _ position: Int) -> UnsafeMutablePointer<Float> {
        sums.pointer + (group * TileGrid.positions + position) * matrix
    }

    private func multiply(
        _ v: TransformedTiles, _ d: TransformedTiles, _ group: Int, _ position: Int, _ inputs: Range<Int>,
        into target: UnsafeMutablePointer<Float>, add: Bool
    ) {
        ck_gemm(
            Int64(inputs.count), Int64(bank.outputs), Int64(v.tiles),
            v.matrix(position) + group * bank.inputs + inputs.lowerBound, 1, Int64(v.pitch),
            d.matrix(position) + group * bank.outputs, Int64(2 * ck_vector()), Int64(d.pitch), target,
            Int64(bank.outputs), nil, add ? 1 : 0)
    }
}

/// The sum of parts of equal size, added in their order; it takes the first one's place.
func addedUp(_ parts: [Buffer], count: Int) -> Buffer {
    Parallel.forEachChunk(of: count, by: 16384) { range in
        for other in parts.dropFirst() {
            ck_axpy(
                1, other.pointer + range.lowerBound, 0, parts[0].pointer + range.lowerBound, 0, 1, Int64(range.count))
        }
    }
    return parts[0]
}
