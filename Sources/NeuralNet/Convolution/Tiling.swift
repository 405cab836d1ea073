import CKernels
import Tensors

/// The 4×4 output tiles of a batch, in runs: stretches of one tile row of one image. What is done with a run follows
/// from the shape alone, so results do not depend on how runs are shared out.
struct Tiling {
    static let side = 4
    static let positions = 36
    private static let longestRun = 64

    struct Run {
        let image: Int
        /// Tile row and first tile in it.
        let row: Int
        let first: Int
        /// Tiles.
        let count: Int
    }

    let shape: Shape
    private let rows: Int
    private let columns: Int
    private let parts: Int
    let longest: Int

    /// For an output of `shape`.
    init(_ shape: Shape) {
        self.shape = shape
        rows = (shape.h + Self.side - 1) / Self.side
        columns = (shape.w + Self.side - 1) / Self.side
        parts = (columns + Self.longestRun - 1) / Self.longestRun
        longest = (columns + parts - 1) / parts
    }

    var runsPerImage: Int { rows * parts }
    var runs: Int { shape.n * runsPerImage }
    var tiles: Int { shape.n * rows * columns }

    func run(_ index: Int) -> Run {
        let first = index % parts * longest
        return Run(
            image: index / runsPerImage, row: index % runsPerImage / parts, first: first,
            count: min(longest, columns - first))
    }

    /// Pixels of the output in a run.
    func pixels(_ run: Run) -> Int {
        min(Self.side, shape.h - run.row * Self.side)
            * (min(shape.w, (run.first + run.count) * Self.side) - run.first * Self.side)
    }

    /// Runs of `range` with the tiles before each; a run begins at an even tile in pairs of rows.
    func forEach(
        _ range: Range<Int>, layout: ck_layout = CK_FLOATS,
        _ body: (_ index: Int, _ run: Run, _ tilesBefore: Int) -> Void
    ) {
        var tiles = 0
        for index in range {
            let run = run(index)
            body(index, run, tiles)
            tiles += places(run, layout)
        }
    }

    func tiles(in range: Range<Int>, layout: ck_layout = CK_FLOATS) -> Int {
        range.reduce(0) { $0 + places(run($1), layout) }
    }

    private func places(_ run: Run, _ layout: ck_layout) -> Int {
        layout == CK_ROW_PAIRS ? run.count + run.count % 2 : run.count
    }

    /// How many runs to take together: close to `tiles` tiles, a number that fills the register tiles of a product
    /// well.
    func runsPerBlock(tiles target: Int) -> Int {
        let most = max(1, min(runs, target / longest))
        let registerRows = 12
        func waste(_ count: Int) -> Double {
            let tiles = count * longest
            return Double((tiles + registerRows - 1) / registerRows * registerRows) / Double(tiles)
        }
        return (max(1, most / 2)...most).min { (waste($0), -$0) < (waste($1), -$1) } ?? 1
    }
}

extension Tensor.Pointers {
    /// One image as the kernels take it.
    func ckImage(_ image: Int) -> ck_image {
        ck_image(
            pixels: row(image * shape.pixels), height: Int64(shape.h), width: Int64(shape.w), channels: Int64(shape.c),
            stride: stride64)
    }
}
