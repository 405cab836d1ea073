import NeuralNet

/// The tensors of one of the two networks in a weight file.
struct NetworkWeights {
    let file: Safetensors
    let prefix: String
    let path: String

    /// - Throws: `ModelError` where the tensor is missing, has another shape or holds what is no number.
    func values(_ name: String, _ shape: [Int]) throws(ModelError) -> [Float] {
        guard let entry = file.tensors["\(prefix).\(name)"] else {
            throw ModelError(
                .mismatch, path, "has no tensor '\(prefix).\(name)'; it is not a weight file of the brain network")
        }
        guard entry.shape == shape else {
            throw ModelError(
                .mismatch, path,
                "tensor '\(prefix).\(name)' has shape \(entry.shape) instead of \(shape); it belongs to another network"
            )
        }
        guard entry.values.allSatisfy(\.isFinite) else {
            throw ModelError(
                .malformed, path, "tensor '\(prefix).\(name)' holds values that are not finite; fetch the file again")
        }
        return entry.values
    }

    func convolution(
        _ name: String, size: Int, _ inputs: Int, _ outputs: Int, stride: Int = 1, padding: Int = 0
    ) throws(ModelError) -> VolumeConvolution {
        VolumeConvolution(
            try values("\(name).weight", [size, size, size, inputs, outputs]), size: size, inputs: inputs,
            outputs: outputs, stride: stride, padding: padding)
    }

    func transposed(
        _ name: String, size: Int, _ inputs: Int, _ outputs: Int, stride: Int, padding: Int
    ) throws(ModelError) -> VolumeTransposedConvolution {
        VolumeTransposedConvolution(
            try values("\(name).weight", [size, size, size, inputs, outputs]), size: size, inputs: inputs,
            outputs: outputs, stride: stride, padding: padding)
    }
}
