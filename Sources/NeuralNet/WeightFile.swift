import Tensors

extension Safetensors {
    /// Sets the parameters from the tensors of the same name.
    ///
    /// - Throws: `ModelError` naming the first tensor that is missing or has another shape.
    package func load(into parameters: [Parameter], path: String) throws(ModelError) {
        for parameter in parameters {
            guard let entry = tensors[parameter.name] else {
                throw ModelError(
                    .mismatch, path, "has no tensor '\(parameter.name)'; it is not a weight file for this network")
            }
            guard entry.shape == parameter.fileShape else {
                throw ModelError(
                    .mismatch, path,
                    "tensor '\(parameter.name)' has shape \(entry.shape) instead of \(parameter.fileShape); it belongs to another network"
                )
            }
            guard entry.values.allSatisfy(\.isFinite) else {
                throw ModelError(
                    .malformed, path,
                    "tensor '\(parameter.name)' holds values that are not finite; train again or fetch the file again")
            }
            parameter.setFileValues(entry.values, into: parameter.values)
        }
    }

    /// Adds the parameters' values under their names.
    package mutating func store(_ parameters: [Parameter]) {
        for parameter in parameters {
            tensors[parameter.name] = Entry(
                shape: parameter.fileShape, values: parameter.fileValues(of: parameter.values))
        }
    }
}
