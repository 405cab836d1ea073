import NeuralNet
import Tensors

extension OperationCases {
    /// Layers of the generator at ngf 64 and 16 for one slice of 240×240: for timing, too large to check.
    package static let network = [64, 16].flatMap(layers)

    private static func layers(ngf: Int) -> [OperationCase] {
        let branch = ngf / 4
        func threeByThree(_ side: Int, _ inputs: Int, _ outputs: Int) -> OperationCase {
            convolution(Shape(1, side, side, inputs), to: outputs, kernel: (3, 3), padding: 1)
        }
        let decoder = (0..<4).map { threeByThree(240 >> $0, 2 * ngf << $0, ngf << $0) }
        return decoder + [
            threeByThree(15, 16 * ngf, 16 * ngf), threeByThree(240, ngf, ngf), threeByThree(240, 5, branch),
            threeByThree(240, branch, branch), threeByThree(60, 4 * branch, 4 * branch),
            convolution(Shape(1, 240, 240, branch), to: 2 * branch, kernel: (2, 2), stride: 2),
            convolution(Shape(1, 30, 30, 8 * branch), to: 16 * branch, kernel: (2, 2), stride: 2),
            transposedConvolution(Shape(1, 15, 15, 16 * ngf), to: 8 * ngf),
            transposedConvolution(Shape(1, 120, 120, 2 * ngf), to: ngf),
            convolution(Shape(1, 240, 240, ngf), to: 1, kernel: (1, 1)),
            norm(Shape(1, 240, 240, ngf), slope: 0.2), norm(Shape(1, 60, 60, 4 * ngf), slope: 0.2),
            norm(Shape(1, 240, 240, branch), slope: 0.2),
        ]
    }
}
