import CKernels
import Tensors
import Testing

/// The engine's own products. What no operand covers is NaN: a single one of those values used would show in the
/// result.
@Suite struct MatrixKernelTests {
    /// On both sides of every vector width, panel and register tile.
    private static let sizes = [1, 3, 5, 7, 9, 11, 13, 15, 17, 23, 25, 31, 33, 37, 39]
    private static let panel = 2 * Int(ck_vector())

    @Test(arguments: sizes) func agreesWithFloat64(m: Int) {
        var generator = SeededGenerator(seed: UInt64(m))
        for n in Self.sizes {
            let k = Self.sizes[Int(generator.next() % UInt64(Self.sizes.count))]
            for a in Matrix.layouts(m, k, &generator) {
                for b in Matrix.layouts(k, n, &generator) {
                    for hasBias in [false, true] {
                        for add in [false, true] {
                            let product = Product(a: a, b: b, hasBias: hasBias, add: add, &generator)
                            let say = "\(m)×\(k)×\(n), A \(a.layout), B \(b.layout), bias \(hasBias), add \(add)"
                            #expect(product.isRight(product.packed()), "packed, \(say)")
                            guard b.columnStride == 1 else { continue }
                            #expect(product.isRight(product.inPlace()), "in place, \(say)")
                        }
                    }
                }
            }
        }
    }

    @Test func longSumsAgreeWithFloat64() {
        var generator = SeededGenerator(seed: 7)
        for k in [255, 1024, 2049] {
            let a = Matrix.layouts(37, k, &generator)[1]
            let product = Product(a: a, b: Matrix.layouts(k, 39, &generator)[0], hasBias: true, add: true, &generator)
            #expect(product.isRight(product.packed()), "\(k) terms")
        }
    }

    @Test(arguments: [(13, 39, 33), (25, 65, 7), (39, 97, 15)])
    func theSameBitsHoweverRowsAndColumnsAreSplit(m: Int, n: Int, k: Int) {
        var generator = SeededGenerator(seed: UInt64(n))
        let (a, b) = (Matrix.layouts(m, k, &generator)[2], Matrix.layouts(k, n, &generator)[0])
        let product = Product(a: a, b: b, hasBias: true, add: true, &generator)
        let whole = product.inPlace()
        #expect(same(product.packed(), whole))
        for step in 1...m {
            #expect(same(product.inPlace(rows: step), whole), "in place, \(step) rows at a time")
            #expect(same(product.packed(rows: step, columns: Self.panel), whole), "packed, \(step) rows at a time")
        }
        for step in 1...n {
            #expect(same(product.inPlace(rows: 5, columns: step), whole), "in place, \(step) columns at a time")
        }
    }

    @Test(arguments: sizes) func packingCopiesPanelsAndFillsTheLastUpWithZeros(n: Int) {
        var generator = SeededGenerator(seed: UInt64(n))
        for k in Self.sizes {
            for b in Matrix.layouts(k, n, &generator) {
                let packed = b.packed()
                let panels = (n + Self.panel - 1) / Self.panel
                var isRight = true
                for place in packed.indices {
                    let (row, column) = (
                        place / Self.panel % k, place / (Self.panel * k) * Self.panel + place % Self.panel
                    )
                    if place >= panels * k * Self.panel {
                        isRight = isRight && packed[place].isNaN
                    } else {
                        isRight = isRight && packed[place] == (column < n ? b[row, column] : 0)
                    }
                }
                #expect(isRight, "\(k)×\(n), \(b.layout)")
            }
        }
    }

    private func same(_ x: [Float], _ y: [Float]) -> Bool { x.map(\.bitPattern) == y.map(\.bitPattern) }
}

/// Random values in −1…1, NaN between and after them.
private struct Matrix {
    let layout: String
    let rows: Int
    let columns: Int
    let rowStride: Int
    let columnStride: Int
    let values: [Float]

    /// Row after row, column after column, and with room between neighbours in both directions.
    static func layouts(_ rows: Int, _ columns: Int, _ generator: inout SeededGenerator) -> [Matrix] {
        [
            Matrix("by rows", rows, columns, columns + 3, 1, &generator),
            Matrix("by columns", rows, columns, 1, rows + 2, &generator),
            Matrix("strided", rows, columns, 2 * columns + 1, 2, &generator),
        ]
    }

    private init(
        _ layout: String, _ rows: Int, _ columns: Int, _ rowStride: Int, _ columnStride: Int,
        _ generator: inout SeededGenerator
    ) {
        (self.layout, self.rows, self.columns) = (layout, rows, columns)
        (self.rowStride, self.columnStride) = (rowStride, columnStride)
        // A product may read a panel's width beyond the last row.
        let count = rows * rowStride + columns * columnStride + 2 * Int(ck_vector())
        var values = [Float](repeating: .nan, count: count)
        for row in 0..<rows {
            for column in 0..<columns { values[row * rowStride + column * columnStride] = generator.uniform(-1...1) }
        }
        self.values = values
    }

    subscript(row: Int, column: Int) -> Float { values[row * rowStride + column * columnStride] }

    /// In panels, NaN after them.
    func packed() -> [Float] {
        let panel = 2 * Int(ck_vector())
        var packed = [Float](repeating: .nan, count: (columns + panel - 1) / panel * panel * rows + panel)
        ck_gemm_pack(
            Int64(rows), Int64(columns), values, Int64(rowStride), Int64(columnStride), &packed)
        return packed
    }
}

/// C = A · B (+ bias) (+ C), C with sentinels in front of it, beside each row and behind it.
private struct Product {
    private static let (margin, sentinel): (Int, Float) = (5, -123)

    private let a: Matrix
    private let b: Matrix
    private let bias: [Float]?
    private let add: Bool
    private let before: [Float]

    init(a: Matrix, b: Matrix, hasBias: Bool, add: Bool, _ generator: inout SeededGenerator) {
        (self.a, self.b, self.add) = (a, b, add)
        let width = b.columns
        bias = hasBias ? (0..<width + 32).map { $0 < width ? generator.uniform(-1...1) : .nan } : nil
        let stride = width + Self.margin
        before = (0..<Self.margin + a.rows * stride).map { place in
            let isInside = place >= Self.margin && (place - Self.margin) % stride < width
            return isInside ? add ? generator.uniform(-1...1) : .nan : Self.sentinel
        }
    }

    /// B where it lies, in parts of so many rows and columns of C.
    func inPlace(rows: Int = .max, columns: Int = .max) -> [Float] {
        multiply(rows, columns, b.values, panelStride: 2 * Int(ck_vector()), rowStride: b.rowStride) { $0 }
    }

    /// B packed.
    ///
    /// - Precondition: `columns` is a multiple of a panel's width, or all.
    func packed(rows: Int = .max, columns: Int = .max) -> [Float] {
        let panel = 2 * Int(ck_vector())
        return multiply(rows, columns, b.packed(), panelStride: a.columns * panel, rowStride: panel) { $0 * a.columns }
    }

    private func multiply(
        _ rows: Int, _ columns: Int, _ b: [Float], panelStride: Int, rowStride: Int, _ offset: (Int) -> Int
    ) -> [Float] {
        var c = before
        let (m, n, stride) = (a.rows, self.b.columns, self.b.columns + Self.margin)
        for row in Swift.stride(from: 0, to: m, by: min(m, rows)) {
            for column in Swift.stride(from: 0, to: n, by: min(n, columns)) {
                c.withUnsafeMutableBufferPointer { c in
                    a.values.withUnsafeBufferPointer { a in
                        b.withUnsafeBufferPointer { b in
                            (bias ?? []).withUnsafeBufferPointer { bias in
                                ck_gemm(
                                    Int64(min(rows, m - row)), Int64(min(columns, n - column)), Int64(self.a.columns),
                                    a.baseAddress! + row * self.a.rowStride, Int64(self.a.rowStride),
                                    Int64(self.a.columnStride), b.baseAddress! + offset(column), Int64(panelStride),
                                    Int64(rowStride), c.baseAddress! + Self.margin + row * stride + column,
                                    Int64(stride), self.bias == nil ? nil : bias.baseAddress! + column, add ? 1 : 0)
                            }
                        }
                    }
                }
            }
        }
        return c
    }

    /// Within what float32 sums may be off, sentinels untouched.
    func isRight(_ c: [Float]) -> Bool {
        let stride = b.columns + Self.margin
        // k products and sums, bias and C, half a unit in the last place each, of the sum of magnitudes.
        let unit = Double(a.columns + 3) * 0x1p-24
        return c.indices.allSatisfy { place in
            let (row, column) = ((place - Self.margin) / stride, (place - Self.margin) % stride)
            guard place >= Self.margin, column < b.columns else { return c[place] == Self.sentinel }
            var terms = (0..<a.columns).map { Double(a[row, $0]) * Double(b[$0, column]) }
            if let bias { terms.append(Double(bias[column])) }
            if add { terms.append(Double(before[place])) }
            let size = terms.reduce(0) { $0 + abs($1) }
            return abs(Double(c[place]) - terms.reduce(0, +)) <= unit * size
        }
    }
}
