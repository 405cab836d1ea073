import CKernels
import Tensors

extension Tape {
    /// Mean over the pixels of each channel: N,H,W,C → N,1,1,C.
    package func globalAveragePool(_ x: Variable) -> Variable {
        let shape = x.shape
        let y = Tensor(Shape(shape.n, 1, 1, shape.c))
        for image in 0..<shape.n {
            let sums = ChannelSums.over(x, image)
            withPointers(to: y) { y in
                for channel in 0..<shape.c { y.row(image)[channel] = Float(sums[channel] / Double(shape.pixels)) }
            }
        }
        return record(y, from: x) { dy in
            let dx = Tensor(shape)
            for image in 0..<shape.n {
                withPointers(to: dy, dx.images(image..<image + 1)) { dy, part in
                    let share = (0..<shape.c).map { dy.row(image)[$0] / Float(shape.pixels) }
                    Parallel.forEachChunk(of: shape.pixels, by: rowsPerChunk(shape.c)) { rows in
                        ck_fill_rows(
                            share, part.row(rows.lowerBound), part.stride64, Int64(rows.count), Int64(shape.c))
                    }
                }
            }
            x.receive(dx)
        }
    }

    /// Largest of each 2×2 pixels, stride 2: N,H,W,C → N,⌊H/2⌋,⌊W/2⌋,C; the first of equals gets the gradient.
    package func maxPool2(_ x: Variable) -> Variable {
        let (shape, input) = (x.shape, x.value)
        let output = Shape(shape.n, shape.h / 2, shape.w / 2, shape.c)
        let y = Tensor(output)
        let winners = Bytes(count: output.count)
        let lines = output.n * output.h
        func source(_ line: Int) -> Int { ((line / output.h) * shape.h + (line % output.h) * 2) * shape.w }
        withPointers(to: input, y, winners) { input, y, winners in
            Parallel.forEach(lines) { line in
                ck_max_pool_row(
                    input.row(source(line)), input.row(source(line) + shape.w), input.stride64, Int64(output.w),
                    Int64(shape.c), y.row(line * output.w), y.stride64, winners + line * output.w * shape.c)
            }
        }
        return record(y, from: x) { dy in
            let dx = Tensor(shape, filledWith: 0)
            withPointers(to: dy, winners, dx) { dy, winners, dx in
                Parallel.forEach(lines) { line in
                    ck_max_pool_row_backward(
                        dy.row(line * output.w), dy.stride64, winners + line * output.w * shape.c, Int64(output.w),
                        Int64(shape.c), dx.row(source(line)), dx.row(source(line) + shape.w), dx.stride64)
                }
            }
            x.receive(dx)
        }
    }
}

/// Bytes in memory of their own.
private final class Bytes: PointerAccess {
    private let start: UnsafeMutablePointer<UInt8>

    init(count: Int) { start = .allocate(capacity: max(1, count)) }

    deinit { start.deallocate() }

    func pointers(_ permit: borrowing PointerPermit) -> UnsafeMutablePointer<UInt8> { start }
}
