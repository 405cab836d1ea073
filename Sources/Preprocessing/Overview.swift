import Volumes

/// A patient's contrasts on one coarse lattice of about 3 mm: enough to judge the inputs by, at little cost.
struct Overview: Sendable {
    /// About the voxels' side, in mm.
    static let side = 3.0

    /// In RAS order.
    let grid: Grid
    /// One per contrast, nil where the patient lacks it.
    let images: [CoarseImage?]

    var spacing: SIMD3<Double> { grid.spacing }
    var size: SIMD3<Int> { grid.size }
    /// In cm³.
    var cellVolume: Double { spacing.x * spacing.y * spacing.z / 1000 }

    /// - Parameter inputs: one per contrast; the first present one's lattice is the finer one.
    /// - Returns: nil without any contrast.
    init?(_ inputs: [PreprocessingInput?]) {
        guard let reference = inputs.lazy.compactMap({ $0 }).first else { return nil }
        let lattice = CoarseLattice(reference.volume.grid.reorientedToRAS())
        grid = lattice.grid
        images = inputs.map { input in
            input.map { CoarseImage($0.volume, $0.support, on: lattice) }
        }
    }

    /// Where some contrasts show something.
    func union(of contrasts: [Int]) -> VoxelRegion {
        var voxels = [Bool](repeating: false, count: grid.count)
        for image in contrasts.compactMap({ images[$0] }) {
            for index in voxels.indices where image.tissue.voxels[index] { voxels[index] = true }
        }
        return VoxelRegion(size, voxels)
    }

    /// Indices of the contrasts that are there.
    var available: [Int] { images.indices.filter { images[$0] != nil } }

    /// The cells of which a mask holds half; nil where it holds nothing at all.
    func mask(_ input: PreprocessingInput) -> VoxelRegion? {
        let inside = BrainMask.inside(input.volume)
        let share = share(of: Volume(grid: input.volume.grid, voxels: inside.map { $0 ? 1 : 0 }))
        return share.contains { $0 > 0 } ? VoxelRegion(size, share.map { $0 >= 0.5 }) : nil
    }

    /// Share of a brain that a contrast with a hole covers.
    func share(coveredBy contrast: Int, _ hole: VoxelRegion, of brain: VoxelRegion) -> Double {
        let part = hole.dilated()
        guard let own = images[contrast] else { return 0 }
        var missing = 0.0
        var all = 0.0
        for index in brain.voxels.indices where brain.voxels[index] {
            let share = images.reduce(Float(0)) { max($0, $1?.data[index] ?? 0) }
            all += Double(share)
            if part.voxels[index] { missing += Double(max(share - own.data[index], 0)) }
        }
        return 1 - missing / max(all, 1)
    }

    /// Every cell's share of voxels that are no numbers; nil where all are.
    func noNumbers(_ input: PreprocessingInput) -> [Float]? {
        guard input.volume.voxels.contains(where: { !$0.isFinite }) else { return nil }
        return share(of: Volume(grid: input.volume.grid, voxels: input.volume.voxels.map { $0.isFinite ? 0 : 1 }))
    }

    /// The least of some values in every cell; nil stands for 0 everywhere.
    static func least(_ values: [[Float]?]) -> [Float]? {
        let all = values.compactMap { $0 }
        guard let first = all.first, all.count == values.count else { return nil }
        return all.dropFirst().reduce(first) { zip($0, $1).map { min($0, $1) } }
    }

    /// The mean of a volume in every cell.
    func share(of volume: Volume) -> [Float] {
        let ordered = volume.reorientedToRAS()
        return CoarseLattice(ordered.grid).means(ordered.voxels).placed(on: grid).voxels
    }
}

/// One contrast of an overview.
struct CoarseImage: Sendable {
    /// Mean of what is above 0.
    let mean: [Float]
    /// Share of each cell's voxels that hold data.
    let data: [Float]
    /// The main bodies that show something, filled.
    let tissue: VoxelRegion

    fileprivate init(_ volume: Volume, _ support: ImageSupport, on lattice: CoarseLattice) {
        let ordered = volume.reorientedToRAS()
        let own = ordered.grid.isClose(to: lattice.fine) ? lattice : CoarseLattice(ordered.grid)
        let positive = ordered.voxels.map { $0 > 0 && $0.isFinite ? $0 : 0 }
        let floor = support.floor
        mean = own.means(positive).placed(on: lattice.grid).voxels
        data = own.means(positive.map { $0 > floor ? 1 : 0 }).placed(on: lattice.grid).voxels
        let limit = 0.05 * ImageSupport.robustMaximum(mean)
        tissue = VoxelRegion(lattice.grid.size, mean.map { $0 > limit }).mainBodies().filled()
    }
}

/// Blocks of voxels of a grid in RAS order.
struct CoarseLattice: Sendable {
    let fine: Grid
    /// Voxels of a block along each axis; the last ones may have fewer.
    let factor: SIMD3<Int>
    let grid: Grid

    init(_ fine: Grid) {
        self.fine = fine
        let spacing = fine.spacing
        func along(_ axis: Int) -> Int {
            max(1, min(Int((Overview.side / max(spacing[axis], 1e-3)).rounded()), fine.size[axis]))
        }
        factor = SIMD3(along(0), along(1), along(2))
        let steps = [fine.affine.i, fine.affine.j, fine.affine.k]
        var origin = fine.affine.origin
        var size = SIMD3<Int>(0, 0, 0)
        for axis in 0..<3 {
            origin += steps[axis] * (Double(factor[axis] - 1) / 2)
            size[axis] = (fine.size[axis] + factor[axis] - 1) / factor[axis]
        }
        grid = Grid(
            size: size,
            affine: Affine(
                i: steps[0] * Double(factor.x), j: steps[1] * Double(factor.y), k: steps[2] * Double(factor.z),
                origin: origin))
    }

    /// The mean of every block.
    func means(_ voxels: [Float]) -> Volume {
        var sums = [Double](repeating: 0, count: grid.count)
        voxels.withUnsafeBufferPointer { voxels in
            eachRow { start, cells in
                for i in 0..<fine.size.x { sums[cells + i / factor.x] += Double(voxels[start + i]) }
            }
        }
        let counts = (0..<3).map { axis in
            (0..<grid.size[axis]).map { Double(min(factor[axis], fine.size[axis] - $0 * factor[axis])) }
        }
        for k in 0..<grid.size.z {
            for j in 0..<grid.size.y {
                for i in 0..<grid.size.x {
                    sums[i + grid.size.x * (j + grid.size.y * k)] /= counts[0][i] * counts[1][j] * counts[2][k]
                }
            }
        }
        return Volume(grid: grid, voxels: sums.map { Float($0) })
    }

    /// Every voxel of the fine grid whose block is one of a region's and for which something else holds.
    func voxels(of region: VoxelRegion, where holds: (Int) -> Bool) -> [Bool] {
        var result = [Bool](repeating: false, count: fine.count)
        eachRow { start, cells in
            for i in 0..<fine.size.x where region.voxels[cells + i / factor.x] {
                result[start + i] = holds(start + i)
            }
        }
        return result
    }

    /// Hands over where each row of the fine grid and its row of blocks begin.
    private func eachRow(_ body: (_ start: Int, _ cells: Int) -> Void) {
        for k in 0..<fine.size.z {
            for j in 0..<fine.size.y {
                body(
                    fine.size.x * (j + fine.size.y * k),
                    grid.size.x * (j / factor.y + grid.size.y * (k / factor.z)))
            }
        }
    }
}

extension Volume {
    /// As it is on the same grid, else linearly resampled.
    fileprivate func placed(on target: Grid) -> Volume {
        grid.isClose(to: target) ? self : resampled(onto: target)
    }
}
