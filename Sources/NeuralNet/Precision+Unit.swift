import Tensors

extension Precision {
    /// - Throws: `ModelError.Code.configuration` where nothing multiplies such operands.
    package func requireUnit() throws(ModelError) {
        guard !isAvailable else { return }
        throw ModelError(
            .configuration, "",
            "precision \(rawValue): this processor has neither AMX nor AVX-512 BF16, or \(InstructionSet.variable) names a set"
                + " without them; take float32, or \(InstructionSet.variable)=emulated for a slow trial")
    }
}
