/// Which storage axis runs along each world axis, and in which sense: the permutation and flips that bring a grid to RAS order.
struct AxisOrder: Equatable {
    /// Storage axis (0 = i, 1 = j, 2 = k) along world x, y, z.
    let storageAxis: [Int]
    /// Whether that storage axis runs against world x, y, z (to the left, posterior, inferior).
    let isFlipped: [Bool]

    /// Assigns all three axes at once: of the six permutations the one with the largest sum of |direction cosines|, so that an
    /// oblique grid is never given the same world axis twice. On a tie (45° obliques) the first permutation in lexicographic order wins.
    init(_ affine: Affine) {
        let directions = (0..<3).map { axis in
            let step = affine[axis]
            let size = length(step)
            return size > 0 ? step / size : step
        }
        var best = Self.permutations[0]
        var bestFit = -1.0
        for permutation in Self.permutations {
            let fit = (0..<3).reduce(0) { $0 + abs(directions[permutation[$1]][$1]) }
            if fit > bestFit + 1e-9 { (best, bestFit) = (permutation, fit) }
        }
        storageAxis = best
        isFlipped = (0..<3).map { directions[best[$0]][$0] < 0 }
    }

    var isIdentity: Bool { storageAxis == [0, 1, 2] && isFlipped == [false, false, false] }

    private static let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
}

extension Grid {
    /// Where each storage axis i, j, k points, as letters: "RAS" if i runs to the patient's right, j to anterior, k to superior; "LPS", "PIR", …
    ///
    /// Oblique axes count as the world axis they are assigned to when all three are matched at once.
    package var orientationCode: String {
        let order = AxisOrder(affine)
        var letters: [Character] = ["?", "?", "?"]
        for world in 0..<3 {
            letters[order.storageAxis[world]] = (order.isFlipped[world] ? ["L", "P", "I"] : ["R", "A", "S"])[world]
        }
        return String(letters)
    }

    /// The same voxel centres, stored so that i runs to the right, j to anterior and k to superior (as nearly as the axes do).
    package func reorientedToRAS() -> Grid {
        let order = AxisOrder(affine)
        if order.isIdentity { return self }
        var origin = affine.origin
        var steps: [SIMD3<Double>] = []
        for world in 0..<3 {
            let axis = order.storageAxis[world]
            if order.isFlipped[world] { origin += affine[axis] * Double(size[axis] - 1) }
            steps.append(order.isFlipped[world] ? -affine[axis] : affine[axis])
        }
        let sizes = order.storageAxis.map { size[$0] }
        return Grid(
            size: SIMD3(sizes[0], sizes[1], sizes[2]),
            affine: Affine(i: steps[0], j: steps[1], k: steps[2], origin: origin))
    }
}
