import ElementaryFunctions
import Tensors

extension Naive {
    /// y[n, y, x] = x[n, m(y − p, H), m(x − p, W)], m(i, L) = i mirrored at 0 and at L − 1.
    package static func reflectionPad(_ x: Reference, by padding: Int) -> Reference {
        let s = x.shape
        func mirrored(_ index: Int, _ length: Int) -> Int {
            let inside = abs(index)
            return inside < length ? inside : 2 * (length - 1) - inside
        }
        var y = Reference(Shape(s.n, s.h + 2 * padding, s.w + 2 * padding, s.c))
        for n in 0..<s.n {
            for line in 0..<y.shape.h {
                for column in 0..<y.shape.w {
                    for c in 0..<s.c {
                        y[n, line, column, c] = x[n, mirrored(line - padding, s.h), mirrored(column - padding, s.w), c]
                    }
                }
            }
        }
        return y
    }

    /// y[n, 2·iy + ky − 1, 2·ix + kx − 1, o] += x[n,iy,ix,i] · weight[i,o,ky,kx], for what falls within 2H×2W.
    package static func doublingConvolution(
        _ x: Reference, weight: [Double], kernel k: Int, outputs: Int
    ) -> Reference {
        let s = x.shape
        var y = Reference(Shape(s.n, 2 * s.h, 2 * s.w, outputs))
        for n in 0..<s.n {
            for iy in 0..<s.h {
                for ix in 0..<s.w {
                    for ky in 0..<k {
                        for kx in 0..<k {
                            let (oy, ox) = (2 * iy + ky - 1, 2 * ix + kx - 1)
                            guard (0..<2 * s.h).contains(oy), (0..<2 * s.w).contains(ox) else { continue }
                            for i in 0..<s.c {
                                for o in 0..<outputs {
                                    y[n, oy, ox, o] += x[n, iy, ix, i] * weight[((i * outputs + o) * k + ky) * k + kx]
                                }
                            }
                        }
                    }
                }
            }
        }
        return y
    }

    /// a + b.
    package static func add(_ a: Reference, _ b: Reference) -> Reference {
        Reference(a.shape, zip(a.values, b.values).map { $0 + $1 })
    }

    /// (eˣ − e⁻ˣ) ÷ (eˣ + e⁻ˣ).
    package static func tanh(_ x: Reference) -> Reference {
        x.mapped { x in
            let (up, down) = (Elementary.exp(x), Elementary.exp(-x))
            return (up - down) / (up + down)
        }
    }
}
