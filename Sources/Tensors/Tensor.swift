import CKernels

/// Extent of a batch of images, N,H,W,C; a batch of vectors is N,1,1,C, a scalar 1,1,1,1.
package struct Shape: Sendable, Equatable, CustomStringConvertible {
    package var n: Int
    package var h: Int
    package var w: Int
    package var c: Int

    package init(_ n: Int, _ h: Int, _ w: Int, _ c: Int) {
        self.n = n
        self.h = h
        self.w = w
        self.c = c
    }

    /// Pixels of one image.
    package var pixels: Int { h * w }
    /// Pixels of the batch: the number of rows of C channels.
    package var rows: Int { n * h * w }
    package var count: Int { rows * c }
    package var description: String { "\(n)×\(h)×\(w)×\(c)" }
}

/// A view of float32 values N,H,W,C; `stride` floats lie between neighbouring pixels, so a tensor can be a channel
/// slice of a wider one that shares its memory.
///
/// Values are read and written in `withPointers`.
package struct Tensor: Sendable {
    private let buffer: Buffer
    package let shape: Shape
    package let stride: Int
    private let offset: Int

    /// Uninitialised.
    package init(_ shape: Shape) {
        self.init(buffer: Buffer(count: shape.count), shape: shape, stride: shape.c, offset: 0)
    }

    package init(_ shape: Shape, filledWith value: Float) {
        self.init(shape)
        withPointers(to: self) { $0.pointer.update(repeating: value, count: shape.count) }
    }

    /// - Precondition: `values.count == shape.count`.
    package init(_ shape: Shape, _ values: [Float]) {
        precondition(values.count == shape.count, "value count does not match the shape")
        self.init(shape)
        withPointers(to: self) { target in
            values.withUnsafeBufferPointer { target.pointer.update(from: $0.baseAddress!, count: $0.count) }
        }
    }

    private init(buffer: Buffer, shape: Shape, stride: Int, offset: Int) {
        self.buffer = buffer
        self.shape = shape
        self.stride = stride
        self.offset = offset
    }

    package var isContiguous: Bool { stride == shape.c }

    /// Channels `range` of every pixel, sharing memory.
    package func channels(_ range: Range<Int>) -> Tensor {
        precondition(range.upperBound <= shape.c, "channel range beyond the tensor")
        let slice = Shape(shape.n, shape.h, shape.w, range.count)
        return Tensor(buffer: buffer, shape: slice, stride: stride, offset: offset + range.lowerBound)
    }

    /// Images `range` of the batch, sharing memory.
    package func images(_ range: Range<Int>) -> Tensor {
        precondition(range.upperBound <= shape.n, "image range beyond the batch")
        let part = Shape(range.count, shape.h, shape.w, shape.c)
        return Tensor(
            buffer: buffer, shape: part, stride: stride, offset: offset + range.lowerBound * shape.pixels * stride)
    }

    /// Whether this is channels `range` of every pixel of `whole`, in the same memory.
    package func isSlice(_ range: Range<Int>, of whole: Tensor) -> Bool {
        buffer === whole.buffer && offset == whole.offset + range.lowerBound && stride == whole.stride
            && shape == Shape(whole.shape.n, whole.shape.h, whole.shape.w, range.count)
    }

    /// All values in N,H,W,C order.
    package func array() -> [Float] {
        withPointers(to: self) { source in
            [Float](unsafeUninitializedCapacity: shape.count) { values, count in
                ck_copy(
                    source.pointer, Int64(stride), values.baseAddress!, Int64(shape.c), Int64(shape.rows),
                    Int64(shape.c))
                count = shape.count
            }
        }
    }

    /// The first value; what a scalar holds.
    package var item: Float { withPointers(to: self) { $0.pointer[0] } }
}

extension Tensor: PointerAccess {
    /// Where a tensor's values lie.
    package struct Pointers {
        /// First value.
        package let pointer: UnsafeMutablePointer<Float>
        package let shape: Shape
        /// Floats between neighbouring pixels.
        package let stride: Int

        /// Where pixel `index` of the batch begins.
        package func row(_ index: Int) -> UnsafeMutablePointer<Float> { pointer + index * stride }

        /// `stride` as the kernels take it.
        package var stride64: Int64 { Int64(stride) }

        /// Image `index` of the batch.
        package func image(_ index: Int) -> Pointers {
            Pointers(
                pointer: row(index * shape.pixels), shape: Shape(1, shape.h, shape.w, shape.c), stride: stride)
        }
    }

    package func pointers(_ permit: borrowing PointerPermit) -> Pointers {
        Pointers(pointer: buffer.pointer + offset, shape: shape, stride: stride)
    }
}
