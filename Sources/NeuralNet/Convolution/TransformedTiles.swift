import CKernels
import Tensors

/// Values of tiles in the transform domain: 36 matrices tiles × channels, of floats or of bfloat16 in pairs.
struct TransformedTiles {
    private let layout: ck_layout
    private let tiles: Int
    /// Floats between two rows, and between two positions. Neither is a multiple of 4 KiB, at which cache lines get in
    /// each other's way.
    private let pitch: Int
    private let position: Int
    private let buffer: Buffer

    /// - Precondition: an even number of tiles in pairs of rows.
    init(_ tiles: Int, channels: Int, layout: ck_layout = CK_FLOATS) {
        self.tiles = tiles
        self.layout = layout
        let rounded = ((layout == CK_CHANNEL_PAIRS ? channels / 2 : channels) + 15) / 16 * 16
        pitch = rounded % 256 == 0 ? rounded + 16 : rounded
        let size = (layout == CK_ROW_PAIRS ? tiles / 2 : tiles) * pitch
        position = size % 256 == 0 ? size + 16 : size
        buffer = Buffer(count: Tiling.positions * position)
    }
}

extension TransformedTiles: PointerAccess {
    /// Where the matrices lie.
    struct Pointers {
        let layout: ck_layout
        let tiles: Int
        let pitch: Int
        let position: Int
        fileprivate let start: UnsafeMutablePointer<Float>

        /// What the depth of a product over the tiles is.
        var rows: Int { layout == CK_ROW_PAIRS ? tiles / 2 : tiles }

        /// - Precondition: `tile` is even in pairs of rows.
        func row(_ tile: Int) -> UnsafeMutablePointer<Float> {
            start + (layout == CK_ROW_PAIRS ? tile / 2 : tile) * pitch
        }

        /// One of the 36 matrices from a channel on.
        ///
        /// - Precondition: `channel` is even in pairs of channels.
        func matrix(_ index: Int, from channel: Int) -> UnsafeMutablePointer<Float> {
            start + index * position + (layout == CK_CHANNEL_PAIRS ? channel / 2 : channel)
        }
    }

    func pointers(_ permit: borrowing PointerPermit) -> Pointers {
        Pointers(layout: layout, tiles: tiles, pitch: pitch, position: position, start: buffer.pointers(permit))
    }
}
