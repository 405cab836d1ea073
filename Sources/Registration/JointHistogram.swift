import ElementaryFunctions

/// How often pairs of values occur together, 64 × 64 bins, and what one value tells of the other.
///
/// Counts are whole numbers of 1/4096, so that their sum does not depend on the order in which places are counted.
package struct JointHistogram {
    package static let bins = LevelImage.bins
    /// What one place counts.
    package static let oneCount: UInt32 = 4096

    /// Row: the fixed image's bin; column: the moving one's.
    private var counts = [UInt32](repeating: 0, count: bins * bins)

    package init() {}

    mutating func add(_ other: JointHistogram) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
    }

    /// Hands out the counts to be raised.
    package mutating func withCounts(_ body: (UnsafeMutableBufferPointer<UInt32>) -> Void) {
        counts.withUnsafeMutableBufferPointer { body($0) }
    }

    /// (H(fixed) + H(moving)) / H(both) of the histogram smoothed by a Gaussian of `deviation` bins; 1 where the two
    /// tell nothing of each other, 2 where they tell all.
    package func information(smoothedBy deviation: Double) -> Double {
        let joint = Self.smoothed(Self.smoothed(counts.map { Double($0) }, deviation), deviation)
        var (fixed, moving) = ([Double](repeating: 0, count: Self.bins), [Double](repeating: 0, count: Self.bins))
        var (sum, both) = (0.0, 0.0)
        for row in 0..<Self.bins {
            for column in 0..<Self.bins {
                let value = joint[row * Self.bins + column]
                guard value > 0 else { continue }
                fixed[row] += value
                moving[column] += value
                sum += value
                both += value * Elementary.log(value)
            }
        }
        guard sum > 0 else { return 1 }
        let scale = Elementary.log(sum)
        func entropy(_ total: Double) -> Double { scale - total / sum }
        func total(_ values: [Double]) -> Double { values.reduce(0) { $1 > 0 ? $0 + $1 * Elementary.log($1) : $0 } }
        let joined = entropy(both)
        return joined > 1e-9 ? (entropy(total(fixed)) + entropy(total(moving))) / joined : 1
    }

    /// Smoothed along the columns and transposed: twice is the whole. What leaves the table is lost.
    private static func smoothed(_ table: [Double], _ deviation: Double) -> [Double] {
        let radius = min(Int((3 * deviation).rounded(.up)), bins - 1)
        let plain = (-radius...radius).map { Elementary.exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
        let sum = plain.reduce(0, +)
        var result = [Double](repeating: 0, count: bins * bins)
        var row = [Double](repeating: 0, count: bins)
        result.withUnsafeMutableBufferPointer { result in
            table.withUnsafeBufferPointer { table in
                row.withUnsafeMutableBufferPointer { row in
                    for target in 0..<bins {
                        for column in 0..<bins { row[column] = 0 }
                        for source in max(0, target - radius)...min(bins - 1, target + radius) {
                            let weight = plain[source - target + radius] / sum
                            for column in 0..<bins { row[column] += weight * table[source * bins + column] }
                        }
                        for column in 0..<bins { result[column * bins + target] = row[column] }
                    }
                }
            }
        }
        return result
    }
}
