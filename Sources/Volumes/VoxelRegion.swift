/// A set of voxels of a lattice; (i, j, k) is `voxels[i + size.x * (j + size.y * k)]`.
package struct VoxelRegion: Sendable {
    package let size: SIMD3<Int>
    package var voxels: [Bool]

    package init(_ size: SIMD3<Int>, _ voxels: [Bool]) {
        precondition(voxels.count == size.x * size.y * size.z, "voxel count does not match the size")
        self.size = size
        self.voxels = voxels
    }

    package var count: Int { voxels.count { $0 } }

    /// The largest set of voxels that hang together by their faces, and others of at least a tenth of it: a cut above the
    /// corpus callosum leaves two hemispheres. Empty for an empty region.
    package func mainBodies() -> VoxelRegion {
        var bodies = [[Int32]]()
        var largest = 0
        eachComponent { body in
            largest = max(largest, body.count)
            if 10 * body.count >= largest { bodies.append(body) }
        }
        var result = VoxelRegion(size, [Bool](repeating: false, count: voxels.count))
        for body in bodies where 10 * body.count >= largest {
            for index in body { result.voxels[Int(index)] = true }
        }
        return result
    }

    /// Hands over the voxels of every component (by faces).
    /// - Precondition: fewer than 2³¹ voxels.
    package func eachComponent(_ body: ([Int32]) -> Void) {
        var waiting = voxels
        for start in waiting.indices where waiting[start] {
            var component = [Int32(start)]
            waiting[start] = false
            var next = 0
            while next < component.count {
                eachNeighbour(of: Int(component[next])) { index, _ in
                    guard waiting[index] else { return }
                    waiting[index] = false
                    component.append(Int32(index))
                }
                next += 1
            }
            body(component)
        }
    }

    /// Indices of the largest component, the first of equals; empty for an empty region.
    package func largestComponent() -> [Int32] {
        var largest = [Int32]()
        eachComponent { if $0.count > largest.count { largest = $0 } }
        return largest
    }

    /// With what is closed in: the complement of all that the lattice's border reaches from outside the region. Along an axis of up
    /// to four voxels, all of which lie at its ends or next to them, the ends are no border.
    package func filled() -> VoxelRegion {
        var outside = [Bool](repeating: false, count: voxels.count)
        var front = [Int]()
        for index in voxels.indices where !voxels[index] && isAtBorder(index, ofAxesLongerThan: 4) {
            outside[index] = true
            front.append(index)
        }
        while let index = front.popLast() {
            eachNeighbour(of: index) { neighbour, _ in
                guard !voxels[neighbour], !outside[neighbour] else { return }
                outside[neighbour] = true
                front.append(neighbour)
            }
        }
        return VoxelRegion(size, outside.map { !$0 })
    }

    /// Grown by one voxel in the six directions.
    package func dilated() -> VoxelRegion {
        var result = self
        for index in voxels.indices where voxels[index] {
            eachNeighbour(of: index) { neighbour, _ in result.voxels[neighbour] = true }
        }
        return result
    }

    /// Without the voxels next to one that does not belong to it.
    package func eroded() -> VoxelRegion {
        VoxelRegion(size, VoxelRegion(size, voxels.map { !$0 }).dilated().voxels.map { !$0 })
    }

    /// Distance in mm of every voxel's centre to the nearest one of the region, 0 inside; infinite for an empty region.
    ///
    /// Exact, axis by axis (Felzenszwalb & Huttenlocher, Theory of Computing 2012).
    /// - Parameter spacing: in mm.
    package func distance(spacing: SIMD3<Double>) -> [Float] {
        var squares = voxels.map { $0 ? 0 : Float.infinity }
        let steps = [1, size.x, size.x * size.y]
        for axis in 0..<3 {
            let (length, step) = (size[axis], steps[axis])
            guard length > 1 else { continue }
            let scale = Float(spacing[axis] * spacing[axis])
            var line = [Float](repeating: 0, count: length)
            for start in squares.indices where (start / step) % length == 0 {
                for n in 0..<length { line[n] = squares[start + n * step] }
                let result = Self.envelope(line, scale)
                for n in 0..<length { squares[start + n * step] = result[n] }
            }
        }
        return squares.map { $0.squareRoot() }
    }

    /// min over m of f(m) + scale · (n − m)², by the lower envelope of the parabolas.
    private static func envelope(_ f: [Float], _ scale: Float) -> [Float] {
        var places = [Int]()
        var starts = [Float]()
        for n in f.indices where f[n].isFinite {
            var start = -Float.infinity
            while let last = places.last {
                start = (f[n] - f[last] + scale * Float(n * n - last * last)) / (2 * scale * Float(n - last))
                guard let previous = starts.last, start <= previous else { break }
                places.removeLast()
                starts.removeLast()
                start = -.infinity
            }
            places.append(n)
            starts.append(start)
        }
        guard !places.isEmpty else { return f }
        var current = 0
        return f.indices.map { n in
            while current + 1 < places.count, starts[current + 1] <= Float(n) { current += 1 }
            let offset = Float(n - places[current])
            return f[places[current]] + scale * offset * offset
        }
    }

    /// Hands over the up to six voxels that share a face with one, and the axis along which they do.
    @inline(__always)
    package func eachNeighbour(of index: Int, _ body: (_ neighbour: Int, _ axis: Int) -> Void) {
        let i = index % size.x
        let j = index / size.x % size.y
        let k = index / (size.x * size.y)
        if i > 0 { body(index - 1, 0) }
        if i + 1 < size.x { body(index + 1, 0) }
        if j > 0 { body(index - size.x, 1) }
        if j + 1 < size.y { body(index + size.x, 1) }
        if k > 0 { body(index - size.x * size.y, 2) }
        if k + 1 < size.z { body(index + size.x * size.y, 2) }
    }

    /// Whether a voxel lies at the lattice's border.
    @inline(__always)
    package func isAtBorder(_ index: Int, ofAxesLongerThan least: Int = 0) -> Bool {
        let i = index % size.x
        let j = index / size.x % size.y
        let k = index / (size.x * size.y)
        return size.x > least && (i == 0 || i == size.x - 1) || size.y > least && (j == 0 || j == size.y - 1)
            || size.z > least && (k == 0 || k == size.z - 1)
    }
}
