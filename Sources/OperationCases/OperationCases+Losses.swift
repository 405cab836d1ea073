import NeuralNet
import Tensors

extension OperationCases {
    static let losses: [OperationCase] = meanLosses + crossEntropies + ssimLosses + [weightedSum]

    private static let meanLosses = [Shape(1, 1, 1, 1), Shape(2, 5, 3, 3), Shape(1, 70, 65, 1)].flatMap { shape in
        [
            OperationCase(
                "mean absolute error", [.init(shape), .init(shape, .small, isDifferentiable: false)],
                onTape: { tape, x, _ in tape.meanAbsoluteError(x[0], x[1].value) },
                twin: { x, _ in Naive.meanAbsoluteError(x[0], x[1]) }),
            OperationCase(
                "mean squared error", [.init(shape), .init(shape, .small, isDifferentiable: false)],
                onTape: { tape, x, _ in tape.meanSquaredError(x[0], x[1].value) },
                twin: { x, _ in Naive.meanSquaredError(x[0], x[1]) }),
            OperationCase(
                "mean squared error from 1", [.init(shape)],
                onTape: { tape, x, _ in tape.meanSquaredError(x[0], from: 1) },
                twin: { x, _ in Naive.meanSquaredError(x[0], from: 1) }),
        ]
    }

    private static let crossEntropies = [[0], [2], [4, 0, 2]].map { targets in
        OperationCase(
            "cross-entropy", [.init(Shape(targets.count, 1, 1, targets[0] + 1))],
            onTape: { tape, x, _ in tape.crossEntropy(x[0], classes: targets) },
            twin: { x, _ in Naive.crossEntropy(x[0], classes: targets) })
    }

    private static let ssimLosses = [
        ssim(Shape(1, 11, 11, 1), range: 1), ssim(Shape(2, 16, 13, 1), range: 1), ssim(Shape(1, 14, 20, 1), range: 5),
    ]

    private static func ssim(_ shape: Shape, range: Float) -> OperationCase {
        OperationCase(
            "SSIM loss, range \(range)", [.init(shape, .positive), .init(shape, .positive, isDifferentiable: false)],
            onTape: { tape, x, _ in tape.ssimLoss(x[0], x[1].value, range: range) },
            twin: { x, _ in Naive.ssimLoss(x[0], x[1], range: Double(range)) }
        ).with {
            $0.takesSlices = false
            // E[x²] − E[x]² in float32 loses digits.
            $0.tolerance = 2e-5
        }
    }

    private static let weightedSum = OperationCase(
        "weighted sum of losses of the same image",
        [.init(Shape(1, 12, 13, 1), .positive), .init(Shape(1, 12, 13, 1), .small, isDifferentiable: false)],
        onTape: { tape, x, _ in
            tape.weightedSum([
                (10, tape.meanAbsoluteError(x[0], x[1].value)), (0.25, tape.ssimLoss(x[0], x[1].value, range: 1)),
                (0, tape.meanSquaredError(x[0], from: 3)), (2, tape.meanSquaredError(x[0], from: 1)),
            ])
        },
        twin: { x, _ in
            Naive.weightedSum([
                (10, Naive.meanAbsoluteError(x[0], x[1])), (0.25, Naive.ssimLoss(x[0], x[1], range: 1)),
                (2, Naive.meanSquaredError(x[0], from: 1)),
            ])
        }
    ).with { $0.takesSlices = false }
}
