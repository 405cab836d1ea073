import CKernels
import Tensors

/// lrelu(scale · (x − mean) + shift) per image and channel: an instance norm with its leaky ReLU that has not been
/// written out. Whoever reads the raw values applies it on the way: a pass over memory saved at every layer.
package struct ChannelActivation: Sendable {
    /// Rows of an image's table.
    enum Row: Int, CaseIterable {
        case mean, scale, shift, slope
        /// 1 ÷ √(σ² + ε), for gradients.
        case deviation
    }

    /// N,5,1,C in the order of `Row`.
    private let table: Tensor

    private init(table: Tensor) { self.table = table }

    /// Uninitialised.
    init(images: Int, channels: Int) {
        table = Tensor(Shape(images, Row.allCases.count, 1, channels))
    }

    /// Leaves every value as it is.
    static func identity(images: Int, channels: Int) -> ChannelActivation {
        let activation = ChannelActivation(images: images, channels: channels)
        activation.set(nil)
        return activation
    }

    var images: Int { table.shape.n }
    var channelCount: Int { table.shape.c }

    /// Of channels `range`, sharing memory.
    func channels(_ range: Range<Int>) -> ChannelActivation { ChannelActivation(table: table.channels(range)) }

    /// Becomes a copy of `other`, or the identity.
    func set(_ other: ChannelActivation?) {
        withPointers(to: self, other) { own, other in
            for image in 0..<images {
                guard let other else {
                    own.makeIdentity(image)
                    continue
                }
                for row in Row.allCases { own[row, image].update(from: other[row, image], count: channelCount) }
            }
        }
    }

    /// The activated values, written out.
    func applied(to raw: Tensor) -> Tensor {
        let result = Tensor(raw.shape)
        withPointers(to: self, raw, result) { own, raw, result in
            for image in 0..<raw.shape.n {
                let (from, to) = (raw.image(image), result.image(image))
                Parallel.forEachChunk(of: raw.shape.pixels, by: rowsPerChunk(raw.shape.c)) { rows in
                    own.apply(
                        image, from: from.row(rows.lowerBound), stride: from.stride, to: to.row(rows.lowerBound),
                        stride: to.stride, rows: rows.count)
                }
            }
        }
        return result
    }

    /// Followed by a factor ≥ 0 per image and channel: lrelu(z) · g = lrelu(g · z).
    func scaled(by factors: Tensor) -> ChannelActivation {
        let result = ChannelActivation(images: images, channels: channelCount)
        withPointers(to: self, factors, result) { own, factors, result in
            for image in 0..<images {
                for row in Row.allCases {
                    let (from, to, factor) = (own[row, image], result[row, image], factors.row(image))
                    let isScaled = row == .scale || row == .shift
                    for channel in 0..<channelCount { to[channel] = from[channel] * (isScaled ? factor[channel] : 1) }
                }
            }
        }
        return result
    }
}

extension ChannelActivation: PointerAccess {
    /// Where an activation's table lies.
    package struct Pointers {
        fileprivate let table: Tensor.Pointers

        /// One value per channel of an image.
        subscript(row: Row, image: Int) -> UnsafeMutablePointer<Float> {
            table.row(image * Row.allCases.count + row.rawValue)
        }

        fileprivate func makeIdentity(_ image: Int) {
            let identity: [(Row, Float)] = [(.mean, 0), (.scale, 1), (.shift, 0), (.slope, 1), (.deviation, 1)]
            for (row, value) in identity { self[row, image].update(repeating: value, count: table.shape.c) }
        }

        /// As the kernels take it, from image `image` on.
        fileprivate func kernel(_ image: Int) -> ck_activation {
            ck_activation(
                mean: self[.mean, image], scale: self[.scale, image], shift: self[.shift, image],
                slope: self[.slope, image], image: Int64(Row.allCases.count * table.stride))
        }

        /// Activates `rows` pixels of one image.
        func apply(
            _ image: Int, from: UnsafePointer<Float>, stride fromStride: Int, to: UnsafeMutablePointer<Float>,
            stride toStride: Int, rows: Int
        ) {
            withUnsafePointer(to: kernel(image)) {
                ck_activate(
                    from, Int64(fromStride), $0, to, Int64(toStride), Int64(rows), Int64(table.shape.c))
            }
        }
    }

    package func pointers(_ permit: borrowing PointerPermit) -> Pointers { Pointers(table: table.pointers(permit)) }
}

extension ChannelActivation.Pointers? {
    /// Hands the kernel's view to `body`, or null.
    func withKernel<R>(_ image: Int = 0, _ body: (UnsafePointer<ck_activation>?) -> R) -> R {
        guard let self else { return body(nil) }
        return withUnsafePointer(to: self.kernel(image)) { body($0) }
    }
}
