/// Voxels (i, j, k) with each index in a range.
struct VoxelBox: Sendable {
    var x: Range<Int>
    var y: Range<Int>
    var z: Range<Int>

    /// The smallest box around the voxels, first index fastest, where `isInside` is true; nil where it never is.
    init?(_ size: SIMD3<Int>, around isInside: @Sendable (Int) -> Bool) {
        let slices = concurrentMap(count: size.z) { k in
            var (low, high) = (SIMD2(size.x, size.y), SIMD2(-1, -1))
            for j in 0..<size.y {
                let row = size.x * (j + size.y * k)
                guard let first = (0..<size.x).first(where: { isInside(row + $0) }),
                    let last = (0..<size.x).last(where: { isInside(row + $0) })
                else { continue }
                (low, high) = (SIMD2(min(low.x, first), min(low.y, j)), SIMD2(max(high.x, last), j))
            }
            return (low: low, high: high)
        }
        guard let first = slices.firstIndex(where: { $0.high.x >= 0 }),
            let last = slices.lastIndex(where: { $0.high.x >= 0 })
        else { return nil }
        func range(_ axis: Int) -> Range<Int> {
            (slices.map { $0.low[axis] }.min() ?? 0)..<(slices.map { $0.high[axis] }.max() ?? 0) + 1
        }
        (x, y, z) = (range(0), range(1), first..<last + 1)
    }

    /// The box and what is up to `margin` voxels from it, within the volume.
    func grown(by margin: Int, within size: SIMD3<Int>) -> VoxelBox {
        func grown(_ range: Range<Int>, _ count: Int) -> Range<Int> {
            max(range.lowerBound - margin, 0)..<min(range.upperBound + margin, count)
        }
        var box = self
        (box.x, box.y, box.z) = (grown(x, size.x), grown(y, size.y), grown(z, size.z))
        return box
    }
}

extension Int {
    /// The index that stands at this one when `count` values are mirrored at the first and the last: d c b | a b c d | c b a.
    func reflected(_ count: Int) -> Int {
        self < 0 ? -self : self < count ? self : 2 * (count - 1) - self
    }
}
