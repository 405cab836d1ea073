import CKernels
import Tensors
import Testing

/// Products of bfloat16 by every unit that this processor has, and by what stands for them. What no operand covers is
/// NaN: a single one of those values used would show in the result.
@Suite struct PairProductTests {
    private static let units: [String] = ["amx", "avx512bf16", "emulated amx", "emulated"].filter {
        ck_pair_product_of($0) != nil
    }
    /// On both sides of every vector width, panel, register tile and AMX tile.
    private static let sizes = [1, 3, 7, 12, 15, 16, 17, 31, 32, 33, 47, 70]

    @Test(arguments: sizes) func agreesWithFloat64(rows: Int) {
        var generator = SeededGenerator(seed: UInt64(rows))
        for columns in Self.sizes {
            for depth in [2, 3, 20, 32, 46, 601] {
                let product = PairProduct(rows, columns, depth, &generator)
                for isTransposed in [false, true] {
                    for start in PairProduct.Start.allCases {
                        for unit in Self.units {
                            let c = product.multiplied(by: unit, transposed: isTransposed, start)
                            #expect(
                                product.isRight(c, start),
                                "\(unit), \(rows)×\(depth)×\(columns), transposed \(isTransposed), \(start)")
                        }
                    }
                }
            }
        }
    }

    /// Units sum in an order of their own; what stands for a unit, in the same.
    @Test(
        .enabled(if: units.contains("avx512bf16"), "this processor has no AVX-512 BF16"),
        arguments: [(13, 39, 66), (70, 97, 1200)])
    func theEmulatedOrderIsThatOfAVX512(rows: Int, columns: Int, depth: Int) {
        expectSameBits("avx512bf16", "emulated", rows, columns, depth)
    }

    @Test(
        .enabled(if: units.contains("amx"), "this processor has no AMX"), arguments: [(13, 39, 66), (70, 97, 1200)])
    func theEmulatedTilesOrderIsThatOfAMX(rows: Int, columns: Int, depth: Int) {
        expectSameBits("amx", "emulated amx", rows, columns, depth)
    }

    private func expectSameBits(_ unit: String, _ twin: String, _ rows: Int, _ columns: Int, _ depth: Int) {
        var generator = SeededGenerator(seed: 5)
        let product = PairProduct(rows, columns, depth, &generator)
        let (a, b) = (
            product.multiplied(by: unit, transposed: false, .sum), product.multiplied(by: twin, transposed: false, .sum)
        )
        #expect(a.map(\.bitPattern) == b.map(\.bitPattern))
    }

    /// Halves between two bfloat16 go to the even one.
    @Test func roundsToNearestEven() {
        let unit = Float(sign: .plus, exponent: -7, significand: 1)
        let values: [Float] = [1 + unit / 2, 1 + 3 * unit / 2, 1 + 0.51 * unit, -1 - unit / 2, 0, -0.0, .infinity]
        let rounded: [Float] = [1, 1 + 2 * unit, 1 + unit, -1, 0, -0.0, .infinity]
        for layout in [CK_CHANNEL_PAIRS, CK_ROW_PAIRS] {
            let pairs = roundedRows(values + values, rows: 2, layout)
            for channel in values.indices {
                let bits = half(pairs, row: 1, channel: channel, channels: values.count, layout)
                #expect(bits == rounded[channel].bitPattern >> 16, "\(values[channel])")
            }
        }
        let nan = roundedRows([.nan, -.nan], rows: 1, CK_CHANNEL_PAIRS)
        #expect(
            (0..<2).allSatisfy {
                Float(bitPattern: half(nan, row: 0, channel: $0, channels: 2, CK_CHANNEL_PAIRS) << 16).isNaN
            })
    }
}

/// Rows of floats in pairs, NaN after them.
private func roundedRows(_ values: [Float], rows: Int, _ layout: ck_layout) -> [Float] {
    let channels = values.count / rows
    let row = layout == CK_CHANNEL_PAIRS ? (channels + 1) / 2 : channels
    let count = (layout == CK_ROW_PAIRS ? (rows + 1) / 2 : rows) * row
    var pairs = [Float](repeating: .nan, count: count + 64)
    ck_round_rows(values, Int64(channels), Int64(rows), Int64(channels), layout, &pairs, Int64(row))
    return pairs
}

private func half(_ pairs: [Float], row: Int, channel: Int, channels: Int, _ layout: ck_layout) -> UInt32 {
    let isSecond = (layout == CK_CHANNEL_PAIRS ? channel : row) % 2 == 1
    let place =
        layout == CK_CHANNEL_PAIRS ? row * ((channels + 1) / 2) + channel / 2 : row / 2 * channels + channel
    return isSecond ? pairs[place].bitPattern >> 16 : pairs[place].bitPattern & 0xffff
}

/// C = A · B of random bfloat16, C with sentinels in front of it, beside each row and behind it.
private struct PairProduct {
    enum Start: CaseIterable { case zero, bias, sum }

    private static let (margin, sentinel): (Int, Float) = (5, -123)
    private let (rows, columns, depth): (Int, Int, Int)
    /// By rows.
    private let (a, b): ([Float], [Float])
    private let (bias, before): ([Float], [Float])

    init(_ rows: Int, _ columns: Int, _ depth: Int, _ generator: inout SeededGenerator) {
        (self.rows, self.columns, self.depth) = (rows, columns, depth)
        func values(_ count: Int) -> [Float] {
            (0..<count).map { _ in Float(bitPattern: generator.uniform(-1...1).bitPattern & 0xffff_0000) }
        }
        (a, b) = (values(rows * depth), values(depth * columns))
        (bias, before) = (values(columns), values(rows * columns))
    }

    private var stride: Int { columns + Self.margin }

    func multiplied(by unit: String, transposed: Bool, _ start: Start) -> [Float] {
        var c = [Float](repeating: Self.sentinel, count: Self.margin + rows * stride)
        if start == .sum {
            for row in 0..<rows {
                for column in 0..<columns { c[Self.margin + row * stride + column] = before[row * columns + column] }
            }
        }
        let panel = 2 * Int(ck_vector())
        let pairs = (depth + 1) / 2
        // Rows of A hold an even number of values, so that none is paired with the next row's.
        let aPairs = transposed ? roundedRows(turned(a, rows, depth), rows: depth, CK_ROW_PAIRS) : padded()
        var b = roundedRows(self.b, rows: depth, CK_ROW_PAIRS)
        b.append(contentsOf: [Float](repeating: .nan, count: panel))
        c.withUnsafeMutableBufferPointer { c in
            ck_pair_product_of(unit)!(
                Int64(rows), Int64(columns), Int64(pairs), aPairs, transposed ? 1 : Int64(pairs),
                transposed ? Int64(rows) : 1, b, Int64(panel), Int64(columns), c.baseAddress! + Self.margin,
                Int64(stride), start == .bias ? bias + [Float](repeating: .nan, count: 64) : nil,
                start == .sum ? 1 : 0)
        }
        return c
    }

    private func padded() -> [Float] {
        let width = (depth + 1) / 2 * 2
        let values = (0..<rows).flatMap { row in
            (0..<width).map { $0 < depth ? a[row * depth + $0] : 0 }
        }
        return roundedRows(values, rows: rows, CK_CHANNEL_PAIRS)
    }

    private func turned(_ values: [Float], _ rows: Int, _ columns: Int) -> [Float] {
        (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
    }

    /// Within what float32 sums may be off, sentinels untouched.
    func isRight(_ c: [Float], _ start: Start) -> Bool {
        c.indices.allSatisfy { place in
            let (row, column) = ((place - Self.margin) / stride, (place - Self.margin) % stride)
            guard place >= Self.margin, column < columns else { return c[place] == Self.sentinel }
            var terms = (0..<depth).map { Double(a[row * depth + $0]) * Double(b[$0 * columns + column]) }
            if start == .bias { terms.append(Double(bias[column])) }
            if start == .sum { terms.append(Double(before[row * columns + column])) }
            let size = terms.reduce(0) { $0 + abs($1) }
            return abs(Double(c[place]) - terms.reduce(0, +)) <= Double(depth + 3) * 0x1p-24 * size
        }
    }
}
