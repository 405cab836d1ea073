import NeuralNet
import Preprocessing
import Volumes

extension Imputer {
    /// Width in mm of the seam inside the covered brain, over which a result from all inputs passes into one from fewer.
    private static let seam: Float = 10

    /// Synthesises a contrast from inputs that may each cover a part of the brain only.
    ///
    /// Where an input has no data, the result is what it would be without that input: the slices concerned go through the network
    /// once more for every set of inputs that lack data together. Across `seam` mm around, where the network saw the edge of the
    /// hole, the two results pass into each other; nothing of a result that saw the edge is mixed into a hole.
    ///
    /// - Parameters:
    ///   - spacing: of columns, rows and slices, in mm.
    ///   - inputs: indices of the contrasts to synthesise from.
    ///   - replacing: images that stand in for a contrast; they cover all of the brain.
    ///   - progress: told the fraction done, 0 … 1; return false to stop.
    /// - Returns: as `impute`; nil if stopped.
    /// - Throws: as `impute`.
    package func imputeCovered(
        _ stack: SliceStack, spacing: SIMD3<Double>, target: Int, inputs: [Int], replacing: [Int: [Float]] = [:],
        progress: @escaping (_ fraction: Double) -> Bool
    ) throws(ModelError) -> [Float]? {
        let used = model.description.inputs(of: target, among: inputs)
        let holes = Holes(stack, used.filter { replacing[$0] == nil }, of: inputs.count)
        let blends = holes.sets.map { Blend($0, holes, stack, spacing, reach: Self.seam) }
        let total = Double(stack.slices + blends.reduce(0) { $0 + $1.slices.count { $0 } })
        var before = 0.0
        func pass(_ inputs: [Int], _ slices: [Bool]?) throws(ModelError) -> [Float]? {
            let share = Double(slices?.count { $0 } ?? stack.slices) / total
            defer { before += share }
            return try impute(stack, target: target, inputs: inputs, replacing: replacing, slices: slices) {
                progress(min(before + share * Double($0) / Double(max($1, 1)), 1))
            }
        }
        guard var image = try pass(inputs, nil) else { return nil }
        for blend in blends {
            let fewer = inputs.filter { !blend.missing.contains($0) }
            guard let other = try pass(fewer, blend.slices) else { return nil }
            blend.mix(other, into: &image)
        }
        return image
    }
}

/// Which inputs have no data, pixel by pixel.
private struct Holes {
    /// Slivers between the edges of two holes are the seam's.
    private static let smallest = 50
    /// Bit n stands for the contrast n.
    let masks: [UInt32]
    /// The sets of inputs that lack data together, smaller ones first; none that leaves no input.
    let sets: [UInt32]

    init(_ stack: SliceStack, _ inputs: [Int], of count: Int) {
        let partial = inputs.filter { stack.holes[$0] != nil && $0 < 32 }
        guard !partial.isEmpty else {
            masks = []
            sets = []
            return
        }
        var masks = [UInt32](repeating: 0, count: stack.brain.count)
        for contrast in partial {
            guard let hole = stack.holes[contrast] else { continue }
            for pixel in masks.indices where hole[pixel] { masks[pixel] |= 1 << UInt32(contrast) }
        }
        self.masks = masks
        let sizes = masks.reduce(into: [UInt32: Int]()) { $0[$1, default: 0] += 1 }
        sets = sizes.filter { $0.key != 0 && $0.key.nonzeroBitCount < count && $0.value >= Self.smallest }.keys.sorted {
            ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1)
        }
    }
}

/// Where, and to what part, a result without some inputs counts.
private struct Blend {
    /// Indices of the contrasts that are left out.
    let missing: [Int]
    /// Slices in which it counts.
    let slices: [Bool]
    /// 1 where exactly these inputs have no data, falling to 0 at the seam's end.
    private let weights: [Float]

    init(_ set: UInt32, _ holes: Holes, _ stack: SliceStack, _ spacing: SIMD3<Double>, reach: Float) {
        missing = (0..<32).filter { set & 1 << UInt32($0) != 0 }
        let size = SIMD3(stack.width, stack.height, stack.slices)
        let distances = VoxelRegion(size, holes.masks.map { $0 == set }).distance(spacing: spacing)
        // Only what has data for all other inputs, or lacks just these, can take this result.
        weights = distances.indices.map { pixel in
            holes.masks[pixel] & ~set == 0 && stack.brain[pixel] ? max(1 - distances[pixel] / reach, 0) : 0
        }
        let pixels = stack.width * stack.height
        let weights = weights
        slices = (0..<stack.slices).map { slice in
            weights[slice * pixels..<(slice + 1) * pixels].contains { $0 > 0 }
        }
    }

    func mix(_ other: [Float], into image: inout [Float]) {
        for pixel in image.indices where weights[pixel] > 0 {
            let weight = weights[pixel]
            image[pixel] = weight == 1 ? other[pixel] : image[pixel] + weight * (other[pixel] - image[pixel])
        }
    }
}
