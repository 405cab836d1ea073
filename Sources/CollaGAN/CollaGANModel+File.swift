import NeuralNet

extension CollaGANModel {
    /// The weight file: tensors under the names of method.md §8 in PyTorch's layouts, the description as metadata.
    package var file: Safetensors {
        var file = Safetensors(metadata: description.metadata())
        file.store(makeGenerator().parameters)
        return file
    }

    /// The model that a weight file holds. Metadata that a file made elsewhere lacks gets defaults: crop 240×240, spacing
    /// 1 mm, reference scales 1, no regressions.
    ///
    /// - Parameter path: for errors.
    /// - Throws: `ModelError` when it is of another network.
    package init(_ file: Safetensors, path: String) throws(ModelError) {
        let description = try ModelDescription(metadata: file.metadata, path: path)
        let generator = try Generator(
            for: file, ngf: description.ngf, contrasts: description.contrasts.count,
            encoderWidth: description.encoderWidth, emptyEncoders: description.emptyEncoders.count, path: path)
        try file.load(into: generator.parameters, path: path)
        self.init(description, generator: generator)
    }
}
