import Tensors

/// Normalised intensities 0 … ceiling as −1 … 1, the range of networks that end in tanh.
struct SignedRange {
    let ceiling: Float

    /// 2v ÷ ceiling − 1.
    func signed(_ normalised: Tensor) -> Tensor { mapped(normalised) { 2 / ceiling * $0 - 1 } }

    /// ceiling · (y + 1) ÷ 2.
    func normalised(_ signed: Tensor) -> Tensor { mapped(signed) { ceiling / 2 * ($0 + 1) } }

    /// A mean difference of signed values in normalised intensity.
    func normalised(difference: Float) -> Float { ceiling / 2 * difference }

    private func mapped(_ tensor: Tensor, _ body: (Float) -> Float) -> Tensor {
        Tensor(tensor.shape, tensor.array().map(body))
    }
}
