/// Solves normal equations.
enum LeastSquares {
    /// The w that solves gram · w = right, by Cholesky decomposition after scaling the diagonal to 1.
    ///
    /// If the matrix is singular to working precision (fewer voxels than features, a contrast that is constant or a
    /// copy of another), a ridge is added to the scaled diagonal: 1e-10, then tenfold until the decomposition succeeds.
    /// Features that are 0 everywhere get weight 0.
    ///
    /// - Parameters:
    ///   - gram: symmetric, positive semidefinite, n × n.
    ///   - right: n values.
    static func solve(gram: [Double], right: [Double]) -> [Double] {
        let n = right.count
        let scale = (0..<n).map { gram[$0 * n + $0] > 0 ? 1 / gram[$0 * n + $0].squareRoot() : 0 }
        var scaled = gram
        for row in 0..<n {
            for column in 0..<n { scaled[row * n + column] *= scale[row] * scale[column] }
            if scale[row] == 0 { scaled[row * n + row] = 1 }
        }
        var ridge = 0.0
        var factor = cholesky(scaled, n, ridge: ridge)
        while factor == nil, ridge < 1 {
            ridge = ridge == 0 ? 1e-10 : ridge * 10
            factor = cholesky(scaled, n, ridge: ridge)
        }
        guard let factor else { return [Double](repeating: 0, count: n) }
        var solution = (0..<n).map { right[$0] * scale[$0] }
        for row in 0..<n {
            for column in 0..<row { solution[row] -= factor[row * n + column] * solution[column] }
            solution[row] /= factor[row * n + row]
        }
        for row in stride(from: n - 1, through: 0, by: -1) {
            for column in row + 1..<n { solution[row] -= factor[column * n + row] * solution[column] }
            solution[row] /= factor[row * n + row]
        }
        return (0..<n).map { solution[$0] * scale[$0] }
    }

    /// Lower triangle L with L·Lᵀ = matrix + ridge·I; nil if a pivot is below 1e-13 (the diagonal being about 1).
    private static func cholesky(_ matrix: [Double], _ n: Int, ridge: Double) -> [Double]? {
        var lower = [Double](repeating: 0, count: n * n)
        for row in 0..<n {
            for column in 0...row {
                var sum = matrix[row * n + column]
                for index in 0..<column { sum -= lower[row * n + index] * lower[column * n + index] }
                if row != column {
                    lower[row * n + column] = sum / lower[column * n + column]
                    continue
                }
                let pivot = sum + ridge
                guard pivot > 1e-13 else { return nil }
                lower[row * n + row] = pivot.squareRoot()
            }
        }
        return lower
    }
}
