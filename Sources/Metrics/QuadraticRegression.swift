/// Voxelwise quadratic regression of one contrast from others: the baseline that a network has to beat (method.md §6).
package struct QuadraticRegression: Sendable, Codable, Equatable {
    /// Index of the predicted contrast.
    package var target: Int
    /// Indices of the contrasts predicted from, ascending.
    package var inputs: [Int]
    /// Weights of [1, x_a, x_b, …, x_a·x_a, x_a·x_b, …]: inputs ascending, pairs i ≤ j in lexicographic order.
    package var coefficients: [Double]

    /// Takes the parts as they are; `isConsistent(contrastCount:)` checks them.
    package init(target: Int, inputs: [Int], coefficients: [Double]) {
        (self.target, self.inputs, self.coefficients) = (target, inputs, coefficients)
    }

    /// Number of weights for that many inputs: 1 + n + n(n+1)/2.
    package static func featureCount(inputs: Int) -> Int {
        1 + inputs + inputs * (inputs + 1) / 2
    }

    /// Whether the parts fit together: indices in range, inputs ascending and without the target, as many finite
    /// weights as features.
    ///
    /// Check this for a regression that comes from a file.
    package func isConsistent(contrastCount: Int) -> Bool {
        let range = 0..<contrastCount
        return range.contains(target) && !inputs.isEmpty && inputs.allSatisfy { range.contains($0) && $0 != target }
            && zip(inputs, inputs.dropFirst()).allSatisfy { $0 < $1 }
            && coefficients.count == Self.featureCount(inputs: inputs.count) && coefficients.allSatisfy(\.isFinite)
    }

    /// Predicts the target voxel by voxel: max(0, Σ_f coefficient_f · φ_f(x)) inside the brain, 0 outside.
    ///
    /// - Parameters:
    ///   - images: normalised intensities indexed by contrast; only those of `inputs` are looked at. Any layout, the
    ///     same for all.
    ///   - brain: true inside the brain, same layout.
    /// - Precondition: `isConsistent`, and every input is present and as large as `brain`.
    package func predict(_ images: [[Float]?], brain: [Bool]) -> [Float] {
        let present = inputs.map { index -> [Float] in
            guard let image = images[index], image.count == brain.count else {
                preconditionFailure("regression input \(index) is missing or of another size")
            }
            return image
        }
        precondition(coefficients.count == Self.featureCount(inputs: inputs.count), "coefficient count")
        var prediction = [Float](repeating: 0, count: brain.count)
        var features = [Double](repeating: 0, count: coefficients.count)
        var values = [Double](repeating: 0, count: inputs.count)
        for voxel in brain.indices where brain[voxel] {
            for input in values.indices { values[input] = Double(present[input][voxel]) }
            Self.fillFeatures(&features, from: values)
            var sum = 0.0
            for feature in features.indices { sum += features[feature] * coefficients[feature] }
            prediction[voxel] = Float(max(sum, 0))
        }
        return prediction
    }

    /// [1, x_a, x_b, …, x_a·x_a, x_a·x_b, …] of one voxel.
    @inline(__always)
    static func fillFeatures(_ features: inout [Double], from values: [Double]) {
        features[0] = 1
        var next = 1 + values.count
        for first in values.indices {
            features[1 + first] = values[first]
            for second in first..<values.count {
                features[next] = values[first] * values[second]
                next += 1
            }
        }
    }
}
