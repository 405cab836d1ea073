import Tensors
import Testing

@Suite struct MatrixProductTests {
    @Test(arguments: [
        (1, 1, 1), (3, 5, 7), (17, 16, 33), (64, 1, 9), (1, 300, 20), (40, 41, 300), (7, 257, 513), (5, 4, 0),
    ])
    func agreesWithFloat64(m: Int, n: Int, k: Int) {
        var generator = SeededGenerator(seed: UInt64(m * 1000 + n))
        // k products and sums and C, half a unit in the last place each, of the sum of magnitudes.
        let unit = Double(k + 2) * 0x1p-24
        for (aTransposed, bTransposed) in [(false, false), (true, false), (false, true), (true, true)] {
            for add in [false, true] {
                // Rows lie further apart than they are wide.
                let (strideA, strideB, strideC) = ((aTransposed ? m : k) + 2, (bTransposed ? k : n) + 3, n + 4)
                let a = random((aTransposed ? k : m) * strideA, &generator)
                let b = random((bTransposed ? n : k) * strideB, &generator)
                let before = random(m * strideC, &generator)
                var c = before
                if !add { c.withUnsafeMutableBufferPointer { c in for i in 0..<n { c[i] = .nan } } }
                c.withUnsafeMutableBufferPointer {
                    MatrixProduct.multiply(
                        m: m, n: n, k: k, a: a, stride: strideA, aTransposed: aTransposed, b: b, stride: strideB,
                        bTransposed: bTransposed, add: add, c: $0.baseAddress!, stride: strideC)
                }
                var isRight = true
                for i in 0..<m {
                    for j in 0..<strideC {
                        guard j < n else {
                            isRight = isRight && c[i * strideC + j] == before[i * strideC + j]
                            continue
                        }
                        let start = add ? Double(before[i * strideC + j]) : 0
                        var (sum, size) = (start, abs(start))
                        for l in 0..<k {
                            let x = Double(aTransposed ? a[l * strideA + i] : a[i * strideA + l])
                            let y = Double(bTransposed ? b[j * strideB + l] : b[l * strideB + j])
                            sum += x * y
                            size += abs(x * y)
                        }
                        isRight = isRight && abs(Double(c[i * strideC + j]) - sum) <= unit * size
                    }
                }
                #expect(isRight, "transposed \(aTransposed) \(bTransposed), add \(add)")
            }
        }
    }

    private func random(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
        (0..<count).map { _ in generator.uniform(-1...1) }
    }
}
