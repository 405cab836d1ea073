import Volumes

extension BrainExtraction {
    /// 1 where the brain is, on the images' grid, from all contrasts of a patient: the mean of their probabilities, of what is above 1/2
    /// the largest body, with what it closes in, grown by `margin`. A mask errs on the large side: what it leaves out is lost for good.
    ///
    /// - Parameters:
    ///   - probabilities: what `probability(of:)` gave, at least one.
    ///   - margin: in mm, from voxel centre to voxel centre.
    /// - Throws: `BrainExtractionError` where grids differ or nothing is above 1/2.
    package static func mask(from probabilities: [Volume], margin: Double = 1) throws(BrainExtractionError) -> Volume {
        guard let grid = probabilities.first?.grid,
            probabilities.allSatisfy({ $0.grid.isClose(to: grid, tolerance: 0.01) })
        else {
            throw BrainExtractionError(.gridsDiffer, "the contrasts lie on different grids; register them first")
        }
        var mean = probabilities[0]
        for other in probabilities.dropFirst() {
            for index in mean.voxels.indices { mean.voxels[index] += other.voxels[index] }
        }
        let count = Float(probabilities.count)
        for index in mean.voxels.indices { mean.voxels[index] /= count }
        return try mask(from: mean) { region in
            let distances = region.distance(spacing: grid.spacing)
            return VoxelRegion(region.size, distances.map { Double($0) <= margin })
        }
    }

    /// deepbet's own mask of one image: 1 where the brain is.
    ///
    /// - Parameters:
    ///   - threshold: of the probability.
    ///   - steps: voxels by which the mask grows in the six directions, or shrinks where that is negative.
    /// - Throws: `BrainExtractionError` where nothing is above the threshold.
    package static func mask(
        from probability: Volume, threshold: Float, steps: Int = 0
    ) throws(BrainExtractionError) -> Volume {
        try mask(from: probability, threshold: threshold) { $0.dilated(steps: steps) }
    }

    private static func mask(
        from probability: Volume, threshold: Float = threshold, growing: (VoxelRegion) -> VoxelRegion
    ) throws(BrainExtractionError) -> Volume {
        let size = probability.grid.size
        let brain = VoxelRegion(size, probability.voxels.map { $0 > threshold })
        guard var box = brain.box else {
            throw BrainExtractionError(.noBrain, "shows no brain that the network would find; give a brain mask")
        }
        // A voxel around it stays, so that what the body closes in is the same in the box; few slices count as no border.
        if any(box.size .<= 4) { box = VoxelBox(low: .zero, high: size) }
        var whole = VoxelRegion(size, [Bool](repeating: false, count: probability.voxels.count))
        whole.paste(brain.cropped(to: box).largestBody().filled(), at: box.low)
        return Volume(grid: probability.grid, voxels: growing(whole).voxels.map { $0 ? 1 : 0 })
    }
}

extension VoxelRegion {
    fileprivate mutating func paste(_ other: VoxelRegion, at low: SIMD3<Int>) {
        for k in 0..<other.size.z {
            for j in 0..<other.size.y {
                let row = low.x + size.x * (low.y + j + size.y * (low.z + k))
                let from = other.size.x * (j + other.size.y * k)
                voxels.replaceSubrange(row..<row + other.size.x, with: other.voxels[from..<from + other.size.x])
            }
        }
    }
}
