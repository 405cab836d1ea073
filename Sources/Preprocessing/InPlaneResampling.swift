/// Linear interpolation weights from `inputSize` to `outputSize` samples along one axis, both lattices sharing their centre.
///
/// Output sample o lies at (inputSize − 1)/2 + (o − (outputSize − 1)/2)·step input samples; positions beyond the first or last
/// sample take its value. With equal sizes and step 1 every weight is exactly 0 or 1.
struct AxisMap: Sendable {
    let inputSize: Int
    private(set) var lower: [Int] = []
    private(set) var upper: [Int] = []
    /// Weight of the upper sample.
    private(set) var fraction: [Float] = []

    var outputSize: Int { lower.count }

    init(inputSize: Int, outputSize: Int, step: Double) {
        self.inputSize = inputSize
        for index in 0..<outputSize {
            let offset = (Double(index) - Double(outputSize - 1) / 2) * step
            let position = min(max(Double(inputSize - 1) / 2 + offset, 0), Double(inputSize - 1))
            lower.append(Int(position))
            upper.append(min(Int(position) + 1, inputSize - 1))
            fraction.append(Float(position - position.rounded(.down)))
        }
    }
}

/// Bilinear resampling of every axial slice of a volume in RAS order.
///
/// Values are averaged over brain pixels only: N = Σ w·value, D = Σ w·brain, result N/D. So the rim of the brain is not darkened
/// by the zeros around it, and nothing from outside the brain bleeds in.
struct InPlaneResampling: Sendable {
    let x: AxisMap
    let y: AxisMap

    /// D of every output pixel, 0 ... 1.
    func coverage(_ brain: [Bool]) -> [Float] {
        map(brain) { $0 ? 1 : 0 }
    }

    /// N of every output pixel; values outside the brain must be 0.
    func weightedSum(_ image: [Float]) -> [Float] {
        map(image) { $0 }
    }

    @inline(__always)
    private func map<Element>(_ input: [Element], _ value: (Element) -> Float) -> [Float] {
        let inputPlane = x.inputSize * y.inputSize
        let slices = input.count / inputPlane
        var output: [Float] = []
        output.reserveCapacity(slices * x.outputSize * y.outputSize)
        input.withUnsafeBufferPointer { input in
            for slice in 0..<slices {
                for row in 0..<y.outputSize {
                    let below = slice * inputPlane + y.lower[row] * x.inputSize
                    let above = slice * inputPlane + y.upper[row] * x.inputSize
                    let up = y.fraction[row]
                    for column in 0..<x.outputSize {
                        let (left, right, over) = (x.lower[column], x.upper[column], x.fraction[column])
                        let bottom = (1 - over) * value(input[below + left]) + over * value(input[below + right])
                        let top = (1 - over) * value(input[above + left]) + over * value(input[above + right])
                        output.append((1 - up) * bottom + up * top)
                    }
                }
            }
        }
        return output
    }
}
