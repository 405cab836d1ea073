import NeuralNet
import Tensors

/// Images that a generator made some time ago, so that its discriminator does not forget (Shrivastava et al., CVPR 2017,
/// arXiv:1612.07828).
package struct ImagePool {
    /// 1×H×W×1 each.
    private var images: [Tensor] = []
    private let capacity: Int

    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// Gives the image itself while there is room for it and every other time after, else one that was kept, in whose
    /// place it comes.
    package mutating func exchange(_ image: Tensor, using random: inout SeededGenerator) -> Tensor {
        guard capacity > 0 else { return image }
        guard images.count == capacity else {
            images.append(image)
            return image
        }
        guard random.uniform() > 0.5 else { return image }
        let place = random.index(below: capacity)
        defer { images[place] = image }
        return images[place]
    }

    /// count×H×W; nil where it is empty.
    var entry: Safetensors.Entry? {
        guard let first = images.first?.shape else { return nil }
        return Safetensors.Entry(shape: [images.count, first.h, first.w], values: images.flatMap { $0.array() })
    }

    /// - Returns: whether the entry holds images of that size, no more than there is room for.
    mutating func restore(from entry: Safetensors.Entry?, height: Int, width: Int) -> Bool {
        images = []
        guard let entry else { return true }
        guard entry.shape.count == 3, entry.shape[0] <= capacity, entry.shape[1...] == [height, width] else {
            return false
        }
        let pixels = height * width
        images = (0..<entry.shape[0]).map {
            Tensor(Shape(1, height, width, 1), Array(entry.values[$0 * pixels..<($0 + 1) * pixels]))
        }
        return true
    }
}
