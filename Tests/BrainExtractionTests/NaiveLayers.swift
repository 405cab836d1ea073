import Tensors

/// A volume D,H,W,C in float64, and the layers as plain as can be.
struct NaiveVolume {
    var shape: Shape
    var values: [Double]

    init(_ shape: Shape, _ value: (_ z: Int, _ y: Int, _ x: Int, _ c: Int) -> Double) {
        self.shape = shape
        values = []
        for z in 0..<shape.n {
            for y in 0..<shape.h { for x in 0..<shape.w { for c in 0..<shape.c { values.append(value(z, y, x, c)) } } }
        }
    }

    /// Evenly from −1 ... 1, to float32's precision.
    init(_ shape: Shape, using generator: inout SeededGenerator) {
        self.init(shape) { _, _, _, _ in Double(generator.uniform(-1...1)) }
    }

    var tensor: Tensor { Tensor(shape, values.map { Float($0) }) }

    /// 0 beyond the border.
    subscript(z: Int, y: Int, x: Int, c: Int) -> Double {
        guard contains(z, y, x) else { return 0 }
        return values[((z * shape.h + y) * shape.w + x) * shape.c + c]
    }

    private func contains(_ z: Int, _ y: Int, _ x: Int) -> Bool {
        (0..<shape.n).contains(z) && (0..<shape.h).contains(y) && (0..<shape.w).contains(x)
    }

    /// - Parameter weights: [size][size][size][in][out].
    func convolved(_ weights: [Float], size: Int, outputs: Int, stride: Int, padding: Int) -> NaiveVolume {
        func extent(_ n: Int) -> Int { (n + 2 * padding - size) / stride + 1 }
        return NaiveVolume(Shape(extent(shape.n), extent(shape.h), extent(shape.w), outputs)) { z, y, x, output in
            var sum = 0.0
            for tz in 0..<size {
                for ty in 0..<size {
                    for tx in 0..<size {
                        let tap = (tz * size + ty) * size + tx
                        for c in 0..<shape.c {
                            let value = self[
                                stride * z + tz - padding, stride * y + ty - padding, stride * x + tx - padding, c]
                            sum += value * Double(weights[(tap * shape.c + c) * outputs + output])
                        }
                    }
                }
            }
            return sum
        }
    }

    /// Every voxel spreads over the places o = stride · i − padding + k of a result `stride` times as large.
    func spread(
        _ weights: [Float], size: Int, outputs: Int, stride: Int, padding: Int, bias: [Float]
    ) -> NaiveVolume {
        var result = NaiveVolume(Shape(stride * shape.n, stride * shape.h, stride * shape.w, outputs)) {
            Double(bias[$3])
        }
        for z in 0..<shape.n {
            for y in 0..<shape.h {
                for x in 0..<shape.w {
                    for tap in 0..<size * size * size {
                        let (tz, ty, tx) = (tap / size / size, tap / size % size, tap % size)
                        let (oz, oy, ox) = (
                            stride * z - padding + tz, stride * y - padding + ty, stride * x - padding + tx
                        )
                        guard result.contains(oz, oy, ox) else { continue }
                        let place = ((oz * result.shape.h + oy) * result.shape.w + ox) * outputs
                        for c in 0..<shape.c {
                            for output in 0..<outputs {
                                result.values[place + output] +=
                                    self[z, y, x, c] * Double(weights[(tap * shape.c + c) * outputs + output])
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    func normalised(epsilon: Double = 1e-5) -> NaiveVolume {
        var result = self
        for c in 0..<shape.c {
            let places = stride(from: c, to: values.count, by: shape.c)
            let mean = places.reduce(0) { $0 + values[$1] } / Double(shape.rows)
            let variance = places.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) } / Double(shape.rows)
            for place in places { result.values[place] = (values[place] - mean) / (variance + epsilon).squareRoot() }
        }
        return result
    }

    func pooled() -> NaiveVolume {
        func seen(_ place: Int) -> ClosedRange<Int> { 2 * place - 1...2 * place + 1 }
        return NaiveVolume(Shape((shape.n + 1) / 2, (shape.h + 1) / 2, (shape.w + 1) / 2, shape.c)) { z, y, x, c in
            var largest = -Double.infinity
            for sz in seen(z) {
                for sy in seen(y) {
                    for sx in seen(x) where contains(sz, sy, sx) { largest = max(largest, self[sz, sy, sx, c]) }
                }
            }
            return largest
        }
    }

    func map(_ body: (Double) -> Double) -> NaiveVolume {
        var result = self
        result.values = values.map(body)
        return result
    }

    static func + (a: NaiveVolume, b: NaiveVolume) -> NaiveVolume {
        var result = a
        for index in result.values.indices { result.values[index] += b.values[index] }
        return result
    }

    /// Relative L2 error of an engine's result.
    func error(of result: Tensor) -> Double {
        guard result.shape == shape else { return .infinity }
        let (difference, size) = zip(result.array(), values).reduce((0.0, 0.0)) { sums, pair in
            let difference = Double(pair.0) - pair.1
            return (sums.0 + difference * difference, sums.1 + pair.1 * pair.1)
        }
        return (difference / size).squareRoot()
    }
}
