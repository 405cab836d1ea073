import NeuralNet

extension CollaGANModel {
    /// The weight file: tensors under the names of method.md §8 in PyTorch's layouts, the description as metadata.
    package var file: Safetensors {
        var file = Safetensors(metadata: description.metadata())
        file.store(makeNetwork().parameters)
        return file
    }

    /// The model that a weight file holds. Metadata that a file made elsewhere lacks gets defaults: crop 240×240, spacing
    /// 1 mm, reference scales 1, no regressions.
    ///
    /// - Parameter path: for errors.
    /// - Throws: `ModelError` when it is of another network.
    package init(_ file: Safetensors, path: String) throws(ModelError) {
        let description = try ModelDescription(metadata: file.metadata, path: path)
        let network = try description.method.kind.network(description, for: file, path: path)
        try file.load(into: network.parameters, path: path)
        self.init(description, network: network)
    }
}
