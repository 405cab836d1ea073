extension QuadraticRegression {
    /// Normal equations of every target from every subset of the other contrasts, gathered in one pass over the
    /// patients.
    ///
    /// For each availability pattern (which contrasts a patient has) one Gram matrix Σ φφᵀ over the full feature vector
    /// φ = [1, x_i, x_i·x_j] of the present contrasts is kept, in double precision. The target of a fit is itself a
    /// feature x_t, so each fit reads its normal equations from sub-blocks, summed over all patterns that have its
    /// inputs and its target.
    ///
    /// Memory: F² doubles per pattern with F = 1 + n + n(n+1)/2; time per voxel F²/2 (n = 4: 120 products).
    package struct CohortAccumulator: Sendable {
        /// Number of contrasts that images are indexed by.
        package let contrastCount: Int
        private var patterns: [Pattern: Gram] = [:]

        /// Contrasts that a patient has, and those of them that may be a fit's target; both ascending.
        private struct Pattern: Hashable {
            let present: [Int]
            let targets: [Int]
        }

        /// Starts without any voxel.
        package init(contrastCount: Int) {
            self.contrastCount = contrastCount
        }

        /// Adds the brain voxels of one patient, who contributes to every fit whose inputs and target the patient has.
        ///
        /// The result depends on the order of the patients in the last bits only, and not at all on the number of
        /// threads.
        ///
        /// - Parameters:
        ///   - images: normalised intensities indexed by contrast, nil where missing.
        ///   - targets: contrasts that are fitted; all that are there if nil.
        ///   - brain: true inside the brain, same layout as the images.
        /// - Precondition: `images.count == contrastCount`, every image as large as `brain`.
        package mutating func add(images: [[Float]?], targets: [Int]? = nil, brain: [Bool]) {
            precondition(images.count == contrastCount, "one image, or nil, per contrast")
            let present = images.indices.filter { images[$0] != nil }
            guard !present.isEmpty else { return }
            let values = images.compactMap { $0 }
            precondition(values.allSatisfy { $0.count == brain.count }, "image size")
            let dimension = QuadraticRegression.featureCount(inputs: present.count)
            let pattern = Pattern(present: present, targets: targets?.sorted() ?? present)
            patterns[pattern, default: Gram(dimension: dimension)].add(values, where: brain)
        }

        /// The least-squares fit of `target` from `inputs`, nil if no patient has all of them, the target as such.
        ///
        /// - Precondition: `inputs` not empty, without `target`, all below `contrastCount`.
        package func solve(target: Int, inputs: [Int]) -> QuadraticRegression? {
            let inputs = inputs.sorted()
            precondition(!inputs.isEmpty && !inputs.contains(target), "regression inputs")
            precondition((inputs + [target]).allSatisfy { (0..<contrastCount).contains($0) }, "contrast index")
            let dimension = QuadraticRegression.featureCount(inputs: inputs.count)
            var gram = [Double](repeating: 0, count: dimension * dimension)
            var right = [Double](repeating: 0, count: dimension)
            var voxels = 0.0
            let order = patterns.keys.sorted {
                $0.present == $1.present
                    ? $0.targets.lexicographicallyPrecedes($1.targets)
                    : $0.present.lexicographicallyPrecedes($1.present)
            }
            for pattern in order where pattern.targets.contains(target) {
                let present = pattern.present
                guard let block = patterns[pattern], let place = present.firstIndex(of: target) else { continue }
                let places = inputs.compactMap { present.firstIndex(of: $0) }
                guard places.count == inputs.count else { continue }
                let features = Self.features(of: places, among: present.count)
                for row in 0..<dimension {
                    for column in 0..<dimension {
                        gram[row * dimension + column] += block[features[row], features[column]]
                    }
                    right[row] += block[features[row], 1 + place]
                }
                voxels += block[0, 0]
            }
            guard voxels > 0 else { return nil }
            let coefficients = LeastSquares.solve(gram: gram, right: right)
            return QuadraticRegression(target: target, inputs: inputs, coefficients: coefficients)
        }

        /// Every target from every non-empty subset of the other contrasts for which there are voxels: at most n·(2ⁿ⁻¹
        /// − 1) fits.
        ///
        /// Ordered by target, then by number of inputs, then by the inputs.
        ///
        /// - Precondition: at most 16 contrasts.
        package func solveAll() -> [QuadraticRegression] {
            precondition(contrastCount <= 16, "too many subsets")
            let subsets = (0..<1 << contrastCount).map { bits in
                (0..<contrastCount).filter { bits >> $0 & 1 == 1 }
            }
            let ordered = subsets.filter { !$0.isEmpty }.sorted {
                $0.count != $1.count ? $0.count < $1.count : $0.lexicographicallyPrecedes($1)
            }
            return (0..<contrastCount).flatMap { target in
                ordered.filter { !$0.contains(target) }.compactMap { solve(target: target, inputs: $0) }
            }
        }

        /// Places of the features of a subset among the features of a pattern of `count` contrasts.
        private static func features(of subset: [Int], among count: Int) -> [Int] {
            var features = [0] + subset.map { 1 + $0 }
            for (position, first) in subset.enumerated() {
                let rowStart = 1 + count + first * count - first * (first - 1) / 2
                features += subset[position...].map { rowStart + $0 - first }
            }
            return features
        }
    }
}

/// Σ φφᵀ over voxels; upper triangle, row by row in a full square.
private struct Gram: Sendable {
    let dimension: Int
    private var sums: [Double]

    init(dimension: Int) {
        self.dimension = dimension
        sums = [Double](repeating: 0, count: dimension * dimension)
    }

    subscript(row: Int, column: Int) -> Double {
        sums[min(row, column) * dimension + max(row, column)]
    }

    mutating func add(_ images: [[Float]], where brain: [Bool]) {
        let chunk = 1 << 16
        let chunks = (brain.count + chunk - 1) / chunk
        for partial in concurrentMap(
            count: chunks,
            { index in
                Self.sums(of: images, where: brain, range: index * chunk..<min((index + 1) * chunk, brain.count))
            })
        {
            for index in sums.indices { sums[index] += partial[index] }
        }
    }

    private static func sums(of images: [[Float]], where brain: [Bool], range: Range<Int>) -> [Double] {
        let dimension = QuadraticRegression.featureCount(inputs: images.count)
        var sums = [Double](repeating: 0, count: dimension * dimension)
        var features = [Double](repeating: 0, count: dimension)
        var values = [Double](repeating: 0, count: images.count)
        for voxel in range where brain[voxel] {
            for image in images.indices { values[image] = Double(images[image][voxel]) }
            QuadraticRegression.fillFeatures(&features, from: values)
            for row in 0..<dimension {
                let factor = features[row]
                let start = row * dimension
                for column in row..<dimension { sums[start + column] += factor * features[column] }
            }
        }
        return sums
    }
}
