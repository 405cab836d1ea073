/// One value for each axis of a volume D,H,W,C, slowest first.
struct PerAxis<Value> {
    var z: Value
    var y: Value
    var x: Value
}

extension PerAxis: Sendable where Value: Sendable {}

/// Which places along one axis a filter reads and writes: for q in 0 ..< count, tap t reads place step · q + first + t, the result is
/// written at place outStep · q + outFirst.
struct Lattice: Sendable {
    var step = 1
    var first = 0
    var count: Int
    var outStep = 1
    var outFirst = 0

    /// Whether a single tap stays on an axis of `extent` places.
    func isInside(_ extent: Int) -> Bool { first >= 0 && step * (count - 1) + first < extent }
}
