import Tensors

/// Values of tiles in the transform domain: 36 matrices tiles × channels.
struct TransformedTiles {
    private let tiles: Int
    /// Floats between two tiles, and between two positions. Neither is a multiple of 4 KiB, at which cache lines get in
    /// each other's way.
    private let pitch: Int
    private let position: Int
    private let buffer: Buffer

    init(_ tiles: Int, channels: Int) {
        self.tiles = tiles
        let rounded = (channels + 15) / 16 * 16
        pitch = rounded % 256 == 0 ? rounded + 16 : rounded
        let size = tiles * pitch
        position = size % 256 == 0 ? size + 16 : size
        buffer = Buffer(count: Tiling.positions * position)
    }
}

extension TransformedTiles: PointerAccess {
    /// Where the matrices lie.
    struct Pointers {
        let tiles: Int
        let pitch: Int
        let position: Int
        fileprivate let start: UnsafeMutablePointer<Float>

        func row(_ tile: Int) -> UnsafeMutablePointer<Float> { start + tile * pitch }
        func matrix(_ index: Int) -> UnsafeMutablePointer<Float> { start + index * position }
    }

    func pointers(_ permit: borrowing PointerPermit) -> Pointers {
        Pointers(tiles: tiles, pitch: pitch, position: position, start: buffer.pointers(permit))
    }
}
