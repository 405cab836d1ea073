import Volumes

/// Finds where a contrast has no data although the patient has a brain there.
///
/// A hole is a connected part of the brain, deeper than two cells of about 3 mm, at the brain's border or the image's, without data in one contrast where
/// at least half of the others (or the brain mask) show something, and at least 1 % of the brain. What is thinner or closed in (dark
/// fluid, a rim that one contrast shows and another does not) is as the image has it.
enum Coverage {
    /// Largest share of a cell's brain that may hold data in a hole.
    private static let dataShare: Float = 0.1
    /// Smallest hole, as a share of the brain.
    private static let smallest = 0.01

    /// The holes of every contrast; nil for one that has none.
    /// A hole's edge may lie in the cells next to it.
    /// - Parameters:
    ///   - data: each contrast's share of every cell that holds data, nil where the patient lacks it.
    ///   - brain: the brain's share of every cell.
    ///   - hasMask: whether the brain is known otherwise than from the contrasts.
    static func holes(data: [[Float]?], brain: [Float], size: SIMD3<Int>, hasMask: Bool) -> [VoxelRegion?] {
        let available = data.compactMap { $0 }
        return data.map { own in
            guard let own, available.count > 1 || hasMask else { return nil }
            let others = available.count - 1
            var cells = [Bool](repeating: false, count: brain.count)
            for index in brain.indices where brain[index] >= 0.5 && own[index] <= dataShare * brain[index] {
                let votes = available.count { $0[index] >= 0.5 * brain[index] }
                cells[index] = hasMask || 2 * votes >= others
            }
            guard cells.contains(true) else { return nil }
            return holes(VoxelRegion(size, cells), brain: brain)
        }
    }

    private static func holes(_ empty: VoxelRegion, brain: [Float]) -> VoxelRegion? {
        // What is not brain does not hold a hole together, but does not limit it either.
        let core = eroded(eroded(empty.voxels, empty, brain), empty, brain)
        guard core.contains(true) else { return nil }
        // A void that the brain closes in is no border.
        let filled = VoxelRegion(empty.size, brain.map { $0 >= 0.5 }).filled()
        let least = smallest * Double(brain.count { $0 >= 0.5 })
        var result = VoxelRegion(empty.size, [Bool](repeating: false, count: brain.count))
        empty.eachComponent { component in
            guard Double(component.count) >= least, component.contains(where: { core[Int($0)] }),
                component.contains(where: { reachesBorder(Int($0), filled) })
            else { return }
            for index in component { result.voxels[Int(index)] = true }
        }
        return result.voxels.contains(true) ? result : nil
    }

    /// Without the cells next to brain that holds data.
    private static func eroded(_ voxels: [Bool], _ empty: VoxelRegion, _ brain: [Float]) -> [Bool] {
        voxels.indices.map { index in
            guard voxels[index] else { return false }
            var isInner = true
            empty.eachNeighbour(of: index) { neighbour, _ in
                if !voxels[neighbour], brain[neighbour] >= 0.5 { isInner = false }
            }
            return isInner
        }
    }

    private static func reachesBorder(_ index: Int, _ brain: VoxelRegion) -> Bool {
        if brain.isAtBorder(index) { return true }
        var reaches = false
        brain.eachNeighbour(of: index) { neighbour, _ in
            if !brain.voxels[neighbour] { reaches = true }
        }
        return reaches
    }
}
