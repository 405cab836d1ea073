import NeuralNet
import Tensors

extension OperationCases {
    static let regressionBranches = [
        regressionBranch(Shape(1, 5, 4, 1), contrasts: 4, from: [0, 1, 2, 3], rows: [2]),
        regressionBranch(Shape(3, 4, 6, 1), contrasts: 4, from: [0, 2, 3], rows: [1, 0, 1]),
        regressionBranch(Shape(2, 70, 65, 1), contrasts: 3, from: [1], rows: [0, 2]),
        regressionBranch(Shape(1, 3, 3, 1), contrasts: 2, from: [1, 0], rows: [1]),
    ]

    /// `from`: contrasts there are images of; the first operand is the features.
    private static func regressionBranch(
        _ shape: Shape, contrasts: Int, from present: [Int], rows: [Int]
    ) -> OperationCase {
        let features = contrasts + contrasts * (contrasts + 1) / 2 + 1
        return OperationCase(
            "regression branch of \(contrasts) from \(present.count)",
            Array(repeating: .init(shape), count: 1 + present.count), [.dense(features, contrasts)],
            onTape: { tape, x, weights in
                tape.regressionBranch(
                    x[0], images: zip(present, x.dropFirst()).map { (contrast: $0, image: $1) }, contrasts: contrasts,
                    rows: rows, weights[0])
            },
            twin: { x, weights in
                let images = (0..<contrasts).map { contrast in
                    present.firstIndex(of: contrast).map { x[$0 + 1] } ?? Reference(shape)
                }
                return Naive.regressionBranch(x[0], images: images, rows: rows, weight: weights[0])
            })
    }
}
