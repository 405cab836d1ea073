import CKernels
import Tensors

extension Tape {
    /// Images with a border in which they are mirrored at their outermost pixels, which are not repeated:
    /// N,H,W,C → N,H+2p,W+2p,C.
    ///
    /// - Precondition: 0 < p < H, W.
    package func reflectionPad(_ x: Variable, by padding: Int) -> Variable {
        let border = MirroredBorder(image: x.shape, width: padding)
        let y = Tensor(border.padded)
        border.fill(y, from: x)
        return record(y, from: x) { dy in
            let dx = Tensor(x.shape, filledWith: 0)
            border.fold(dy, onto: dx)
            x.receive(dx)
        }
    }
}

/// Which pixels of a padded image show which of the image.
private struct MirroredBorder {
    let image: Shape
    let width: Int

    init(image: Shape, width: Int) {
        precondition(width > 0 && width < min(image.h, image.w), "the border is wider than what it mirrors")
        (self.image, self.width) = (image, width)
    }

    var padded: Shape { Shape(image.n, image.h + 2 * width, image.w + 2 * width, image.c) }

    func fill(_ y: Tensor, from x: Variable) {
        let shape = padded
        withPointers(to: x.raw, x.activation, y) { raw, activation, y in
            Parallel.forEachChunk(of: shape.n * shape.h, by: max(1, rowsPerChunk(shape.w * shape.c))) { lines in
                for line in lines {
                    let (number, row) = line.quotientAndRemainder(dividingBy: shape.h)
                    let source = raw.row((number * image.h + mirrored(row - width)) * image.w)
                    let target = y.row(line * shape.w)
                    let middle = target + width * image.c
                    if let activation {
                        activation.apply(
                            number, from: source, stride: raw.stride, to: middle, stride: image.c, rows: image.w)
                    } else {
                        ck_copy(source, raw.stride64, middle, Int64(image.c), Int64(image.w), Int64(image.c))
                    }
                    for (outside, inside) in sides {
                        (target + outside * image.c).update(from: target + inside * image.c, count: image.c)
                    }
                }
            }
        }
    }

    /// Adds what each pixel of the padded images got to the pixel that it shows.
    func fold(_ dy: Tensor, onto dx: Tensor) {
        let shape = padded
        withPointers(to: dy, dx) { dy, dx in
            Parallel.forEachChunk(of: image.n * image.h, by: max(1, rowsPerChunk(image.w * image.c))) { lines in
                for line in lines {
                    let (number, row) = line.quotientAndRemainder(dividingBy: image.h)
                    let target = dx.row(line * image.w)
                    func add(_ source: UnsafePointer<Float>, at column: Int, count: Int) {
                        ck_axpy(
                            1, source, dy.stride64, target + column * image.c, Int64(image.c), Int64(count),
                            Int64(image.c))
                    }
                    for place in places(of: row) {
                        let first = (number * shape.h + place) * shape.w
                        add(dy.row(first + width), at: 0, count: image.w)
                        for (outside, inside) in sides { add(dy.row(first + outside), at: inside - width, count: 1) }
                    }
                }
            }
        }
    }

    private func mirrored(_ row: Int) -> Int { row < 0 ? -row : row < image.h ? row : 2 * (image.h - 1) - row }

    /// Lines of the padded image that show a line of the image.
    private func places(of row: Int) -> [Int] {
        let mirrors = [width - row, width + 2 * (image.h - 1) - row]
        return [row + width] + mirrors.filter { $0 != row + width && (0..<padded.h).contains($0) }
    }

    /// Columns of the border, and the columns of the padded image that they show.
    private var sides: [(outside: Int, inside: Int)] {
        (0..<width).flatMap { place in
            let right = width + image.w + place
            return [(place, 2 * width - place), (right, 2 * (width + image.w - 1) - right)]
        }
    }
}
