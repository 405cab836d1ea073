import NeuralNet

extension Sequence<Parameter> {
    /// Multiply-adds of weights that are applied once at every pixel of an image that was halved `level` times.
    func multiplyAdds(height: Int, width: Int, level: Int) -> Int {
        reduce(0) { $0 + $1.count } * (height >> level) * (width >> level)
    }
}
