import CKernels
import Tensors

/// lrelu(scale · (x − mean) + shift) per image and channel: an instance norm with its leaky ReLU that has not been written out.
/// Whoever reads the raw values applies it on the way: a pass over memory saved at every layer.
package struct ChannelActivation: @unchecked Sendable {
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
        for image in 0..<images { activation.makeIdentity(image) }
        return activation
    }

    var images: Int { table.shape.n }
    var channelCount: Int { table.shape.c }

    func pointer(_ row: Row, _ image: Int) -> UnsafeMutablePointer<Float> {
        table.row(image * Row.allCases.count + row.rawValue)
    }

    /// Of channels `range`, sharing memory.
    func channels(_ range: Range<Int>) -> ChannelActivation { ChannelActivation(table: table.channels(range)) }

    func makeIdentity(_ image: Int) {
        for (row, value) in [(Row.mean, 0), (.scale, 1), (.shift, 0), (.slope, 1), (.deviation, 1)] as [(Row, Float)] {
            pointer(row, image).update(repeating: value, count: channelCount)
        }
    }

    /// Becomes a copy of `other`, or the identity.
    func set(_ other: ChannelActivation?) {
        for image in 0..<images {
            guard let other else {
                makeIdentity(image)
                continue
            }
            for row in Row.allCases {
                pointer(row, image).update(from: other.pointer(row, image), count: channelCount)
            }
        }
    }

    /// As the kernels take it, from image `image` on.
    func kernel(_ image: Int = 0) -> ck_activation {
        ck_activation(
            mean: pointer(.mean, image), scale: pointer(.scale, image), shift: pointer(.shift, image),
            slope: pointer(.slope, image), image: Int64(Row.allCases.count * table.stride))
    }

    /// The activated values, written out.
    func applied(to raw: Tensor) -> Tensor {
        let result = Tensor(raw.shape)
        for image in 0..<raw.shape.n {
            let (from, to) = (raw.images(image..<image + 1), result.images(image..<image + 1))
            Parallel.forEachChunk(of: raw.shape.pixels, by: rowsPerChunk(raw.shape.c)) { rows in
                apply(image, from.row(rows.lowerBound), from.stride, to.row(rows.lowerBound), to.stride, rows.count)
            }
        }
        return result
    }

    /// Activates `rows` pixels of one image.
    func apply(
        _ image: Int, _ from: UnsafePointer<Float>, _ fromStride: Int, _ to: UnsafeMutablePointer<Float>,
        _ toStride: Int, _ rows: Int
    ) {
        withUnsafePointer(to: kernel(image)) {
            ck_activate(from, Int64(fromStride), $0, to, Int64(toStride), Int64(rows), Int64(channelCount))
        }
    }

    /// Followed by a factor ≥ 0 per image and channel: lrelu(z) · g = lrelu(g · z).
    func scaled(by factors: Tensor) -> ChannelActivation {
        let result = ChannelActivation(images: images, channels: channelCount)
        for image in 0..<images {
            for row in Row.allCases {
                let (from, to) = (pointer(row, image), result.pointer(row, image))
                let factor = factors.row(image)
                let isScaled = row == .scale || row == .shift
                for channel in 0..<channelCount { to[channel] = from[channel] * (isScaled ? factor[channel] : 1) }
            }
        }
        return result
    }
}

extension ChannelActivation? {
    /// Hands the kernel's view to `body`, or null.
    func withKernel<R>(_ image: Int = 0, _ body: (UnsafePointer<ck_activation>?) -> R) -> R {
        guard let self else { return body(nil) }
        return withUnsafePointer(to: self.kernel(image)) { body($0) }
    }
}
