import NeuralNet
import Preprocessing
import Tensors

/// One slice as the objective sees it: contrasts, target, and which inputs are dropped.
package struct TrainingSample {
    /// 1×H×W×1 per contrast, as it was acquired; nil where the patient lacks it.
    package var images: [Tensor?]
    /// The same as the network is given it.
    package var given: [Tensor?]
    package var target: Int
    /// Contrasts given to the network; without the target and the dropped ones.
    package var inputs: [Int]
    /// Contrasts that may be asked of the network, the target among them.
    package var targets: [Int]

    /// - Parameter targets: all that are there if nil.
    /// - Precondition: the target's image is there.
    package init(
        images: [Tensor?], given: [Tensor?]? = nil, target: Int, inputs: [Int], targets: [Int]? = nil
    ) {
        precondition(images[target] != nil, "the target's image is needed")
        (self.images, self.given) = (images, given ?? images)
        (self.target, self.inputs) = (target, inputs)
        self.targets = targets ?? images.indices.filter { images[$0] != nil }
    }
}
