import CKernels
import Tensors

/// The weight gradient of a 3×3 convolution in the transform domain: dU = Vᵀ · (A·dY·Aᵀ) for each of the 36 positions,
/// then Gᵀ·dU·G.
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
    let precision: Precision

    /// Of the transformed tiles, over which the products' depth is.
    private var layout: ck_layout { precision == .bfloat16 ? CK_ROW_PAIRS : CK_FLOATS }
    private var tiling: Tiling { Tiling(dy.shape) }
    private var matrix: Int { bank.inputs * bank.outputs }
    private var size: Int { bank.groups * Tiling.positions * matrix }

    func add() {
        let perTile = Tiling.positions * (x.shape.c + dy.shape.c)
        if bank.merge == 1, size * 4 >= Self.largeFilter, tiling.tiles * perTile <= Self.sharedFloats {
            byInputs()
            return
        }
        let gradient = size * 4 >= Self.largeFilter ? byMatrices(Self.sharedFloats / perTile) : byTiles()
        withPointers(to: gradient) { gradient in
            for group in 0..<bank.groups {
                let source = gradient + group * Tiling.positions * matrix
                if bank.merge == 1 {
                    withPointers(to: bank.parameters[group].gradientForAdding()) {
                        addInverse(source, to: $0.pointer)
                    }
                } else {
                    withPointers(to: Tensor(Shape(1, 1, 1, bank.taps * matrix), filledWith: 0)) { collected in
                        addInverse(source, to: collected.pointer)
                        bank.addGradient(collected.pointer, group)
                    }
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

    /// All tiles are transformed; then each thread takes some inputs of a group from the products to the filters'
    /// gradient, so that what is four times as large as the filters never leaves its cache.
    private func byInputs() {
        let tiling = tiling
        let (v, d) = transformed(0..<tiling.runs)
        let rows = 24
        let parts = (bank.inputs + rows - 1) / rows
        let gradients = bank.parameters.map { $0.gradientForAdding() }
        withPointers(to: v, d, gradients) { v, d, gradients in
            Parallel.forEach(bank.groups * parts) { index in
                let (group, first) = (index / parts, index % parts * rows)
                let inputs = first..<min(bank.inputs, first + rows)
                let part = inputs.count * bank.outputs
                withPointers(to: Buffer(count: Tiling.positions * part)) { sums in
                    for position in 0..<Tiling.positions {
                        multiply(
                            v, d, group: group, position: position, inputs: inputs, into: sums + position * part,
                            add: false)
                    }
                    ck_winograd_filter_gradient(
                        sums, Int64(part), Int64(bank.inputs), Int64(bank.outputs), Int64(first), Int64(inputs.count),
                        gradients[group].pointer)
                }
            }
        }
    }

    /// Parts of the image side by side, each with sums of its own, which are added in order.
    private func byTiles() -> Buffer {
        let tiling = tiling
        let together = tiling.runsPerBlock(tiles: Self.blockTiles)
        let blocks = (tiling.runs + together - 1) / together
        let parts = min(blocks, size > 1 << 18 ? 4 : 8)
        let sums = (0..<parts).map { _ in Buffer(count: size) }
        withPointers(to: x, activation, dy, sums) { x, activation, dy, sums in
            Parallel.forEach(parts) { part in
                let range = part * blocks / parts..<(part + 1) * blocks / parts
                for block in range {
                    let runs = block * together..<min(tiling.runs, (block + 1) * together)
                    let tiles = tiling.tiles(in: runs, layout: layout)
                    let inputs = TransformedTiles(tiles, channels: x.shape.c, layout: layout)
                    let outputs = TransformedTiles(tiles, channels: dy.shape.c, layout: layout)
                    withPointers(to: inputs, outputs) { v, d in
                        tiling.forEach(runs, layout: layout) {
                            transform($1, x, through: activation, to: v, dy: dy, to: d, at: $2)
                        }
                        for position in 0..<Tiling.positions {
                            for group in 0..<bank.groups {
                                multiply(
                                    v, d, group: group, position: position, inputs: 0..<bank.inputs,
                                    into: target(sums[part], group, position), add: block > range.lowerBound)
                            }
                        }
                    }
                }
            }
        }
        return addedUp(sums, count: size)
    }

    /// Many tiles are transformed, then the matrices are shared out.
    private func byMatrices(_ tiles: Int) -> Buffer {
        let tiling = tiling
        let sums = Buffer(count: size)
        let together = tiling.runsPerBlock(tiles: max(tiling.longest, tiles))
        let rows = 96
        let parts = (bank.inputs + rows - 1) / rows
        for first in stride(from: 0, to: tiling.runs, by: together) {
            let (v, d) = transformed(first..<min(tiling.runs, first + together))
            withPointers(to: v, d, sums) { v, d, sums in
                Parallel.forEach(Tiling.positions * bank.groups * parts) { index in
                    let (input, group) = (index % parts * rows, index / parts % bank.groups)
                    let position = index / parts / bank.groups
                    multiply(
                        v, d, group: group, position: position, inputs: input..<min(bank.inputs, input + rows),
                        into: target(sums, group, position) + input * bank.outputs, add: first > 0)
                }
            }
        }
        return sums
    }

    /// The tiles of some runs, of both sides, runs side by side.
    private func transformed(_ runs: Range<Int>) -> (inputs: TransformedTiles, outputs: TransformedTiles) {
        let tiling = tiling
        let tiles = tiling.tiles(in: runs, layout: layout)
        let inputs = TransformedTiles(tiles, channels: x.shape.c, layout: layout)
        let outputs = TransformedTiles(tiles, channels: dy.shape.c, layout: layout)
        var before: [Int] = []
        tiling.forEach(runs, layout: layout) { before.append($2) }
        withPointers(to: x, activation, dy, inputs, outputs) { x, activation, dy, v, d in
            Parallel.forEach(runs.count) { index in
                transform(
                    tiling.run(runs.lowerBound + index), x, through: activation, to: v, dy: dy, to: d,
                    at: before[index])
            }
        }
        return (inputs, outputs)
    }

    private func transform(
        _ run: Tiling.Run, _ x: Tensor.Pointers, through activation: ChannelActivation.Pointers?,
        to v: TransformedTiles.Pointers, dy: Tensor.Pointers, to d: TransformedTiles.Pointers, at tile: Int
    ) {
        activation.withKernel(run.image) { activation in
            withUnsafePointer(to: x.ckImage(run.image)) {
                ck_winograd_input(
                    $0, Int64(padding), Int64(run.row), Int64(run.first), Int64(run.count), activation, v.layout,
                    v.row(tile), Int64(v.position), Int64(v.pitch))
            }
        }
        withUnsafePointer(to: dy.ckImage(run.image)) {
            ck_winograd_gradient(
                $0, Int64(run.row), Int64(run.first), Int64(run.count), d.layout, d.row(tile), Int64(d.position),
                Int64(d.pitch))
        }
    }

    private func target(
        _ sums: UnsafeMutablePointer<Float>, _ group: Int, _ position: Int
    ) -> UnsafeMutablePointer<Float> {
        sums + (group * Tiling.positions + position) * matrix
    }

    private func multiply(
        _ v: TransformedTiles.Pointers, _ d: TransformedTiles.Pointers, group: Int, position: Int,
        inputs: Range<Int>, into target: UnsafeMutablePointer<Float>, add: Bool
    ) {
        multiplied(
            precision, rows: inputs.count, columns: bank.outputs, depth: v.rows,
            v.matrix(position, from: group * bank.inputs + inputs.lowerBound), row: 1, step: v.pitch,
            d.matrix(position, from: group * bank.outputs), panel: 2 * Int(ck_vector()), row: d.pitch,
            into: target, row: bank.outputs, add: add)
    }
}

/// The sum of parts of equal size, added in their order; it takes the first one's place.
func addedUp(_ parts: [Buffer], count: Int) -> Buffer {
    withPointers(to: parts) { parts in
        Parallel.forEachChunk(of: count, by: 16384) { range in
            for other in parts.dropFirst() {
                ck_axpy(1, other + range.lowerBound, 0, parts[0] + range.lowerBound, 0, 1, Int64(range.count))
            }
        }
    }
    return parts[0]
}
