import ArgumentParser
import Tensors

extension Precision: ExpressibleByArgument {}

/// What the network's products are computed in.
struct PrecisionOptions: ParsableArguments {
    @Option(
        help:
            "Of the operands of the network's products: float32, or bfloat16, which is faster, needs a processor with AMX or AVX-512 BF16, and moves scores by about a thousandth."
    )
    var precision = Precision.float32
}
