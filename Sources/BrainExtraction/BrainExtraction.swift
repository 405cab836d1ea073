import ElementaryFunctions
import NeuralNet
import Tensors
import Volumes

/// Brain masks by the two networks of deepbet 1.0.2 (Fisch et al., Computers in Biology and Medicine 2024): one finds the brain's box on
/// 128³ voxels of the whole image, the other one the brain on 256³ voxels of the box.
///
/// Trained on T1 of adults; T2 and FLAIR work, too (docs/benchmarks/brain-mask.md). Weights are those of Pipelines/models/brain.
package struct BrainExtraction: Sendable {
    private static let (coarse, fine) = (128, 256)
    /// Above this probability a voxel is brain.
    package static let threshold: Float = 0.5

    private let box: LinkNet
    private let brain: LinkNet

    /// Reads a weight file.
    ///
    /// - Throws: `ModelError` where it is missing, does not match its checksum, or is not of these networks.
    package init(contentsOf path: String) throws(ModelError) {
        let file = try Safetensors.read(path)
        box = try LinkNet(file, prefix: "box", path: path)
        brain = try LinkNet(file, prefix: "brain", path: path)
    }

    /// How probably each voxel is brain, 0 … 1, on the image's own grid; 0 outside of the brain's box.
    ///
    /// Takes up to 170 MB beside the image, its copy in RAS order and the result, and gives them back. The same bits for any number of threads.
    ///
    /// - Parameter volume: any orientation and voxel size, skull on or stripped; voxels that are no numbers count as 0.
    /// - Throws: `BrainExtractionError` where the image shows nothing, or no brain.
    package func probability(of volume: Volume) throws(BrainExtractionError) -> Volume {
        defer { BufferPool.shared.trim() }
        let image = volume.reorientedToRAS()
        let size = image.grid.size
        let nothing = BrainExtractionError(
            .showsNothing, "shows nothing: its voxels are (nearly) all alike; leave it out or give a brain mask")
        let whole = NetworkInput(image, VoxelBox(low: .zero, high: size), side: Self.coarse)
        guard let range = whole.range(), whole.standardise(range) else { throw nothing }
        guard let found = VoxelBox(around: brain(in: whole), in: size) else {
            throw BrainExtractionError(.noBrain, "shows no brain that the network would find; give a brain mask")
        }
        BufferPool.shared.trim()
        guard let logits = logits(NetworkInput(image, found, side: Self.fine), range) else { throw nothing }
        return spread(logits, over: found, of: image.grid).reoriented(to: volume.grid)
    }

    private func logits(_ part: consuming NetworkInput, _ range: (low: Float, high: Float)) -> Tensor? {
        part.standardise(range) ? brain.logits((consume part).values) : nil
    }

    /// Where the first network sees the brain.
    private func brain(in input: NetworkInput) -> VoxelRegion {
        let logits = box.logits(input.values).array()
        return VoxelRegion(SIMD3(repeating: Self.coarse), logits.map { $0 > 0 }).largestBody()
    }

    /// Logits on the cube, as probabilities on the grid.
    private func spread(_ logits: Tensor, over box: VoxelBox, of grid: Grid) -> Volume {
        var result = Volume(grid: grid, voxels: [Float](repeating: 0, count: grid.count))
        let places = (0..<3).map { NearestSampling.places(box.size[$0], of: Self.fine) }
        result.voxels.withUnsafeMutableBufferPointer { voxels in
            nonisolated(unsafe) let voxels = voxels
            withPointers(to: logits) { logits in
                Parallel.forEach(box.size.z) { k in
                    for j in 0..<box.size.y {
                        let from = logits.row((places[2][k] * Self.fine + places[1][j]) * Self.fine)
                        let row = box.low.x + grid.size.x * (box.low.y + j + grid.size.y * (box.low.z + k))
                        for (i, place) in places[0].enumerated() {
                            voxels[row + i] = Float(1 / (1 + Elementary.exp(-Double(from[place]))))
                        }
                    }
                }
            }
        }
        return result
    }
}
