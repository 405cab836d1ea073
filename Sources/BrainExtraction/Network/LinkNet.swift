import NeuralNet
import Tensors

/// The network of deepbet (Fisch et al., Computers in Biology and Medicine 2024), a LinkNet (Chaurasia & Culurciello, VCIP 2017) of 3-D
/// convolutions with residual blocks (He et al., CVPR 2016) and instance norms without weights: a volume D,H,W,1 to, for every voxel,
/// how much brain outweighs what is none (the difference of two logits).
///
/// ```
/// D,H,W,1 ─ stem 7³ /2 ─ max pool 3³ /2 ─┬─ level 0 ─┬─ level 1 /2 ─┬─ level 2 /2 ─┬─ level 3 /2 ─┐
///   16,32,64,128 channels at the levels  │           │              │              │              │
/// D,H,W,1 ─── classes 2³ ×2 ─ 3³ ─ 3³ ×2 ─ + ─ decoder 3 ─ + ── decoder 2 ×2 ─ + ─ decoder 1 ×2 ─ + ─ decoder 0 ×2
/// ```
package struct LinkNet: Sendable {
    /// Extents have to be multiples of this.
    package static let multiple = 32

    private static let stemSlices = 16

    private let stem: VolumeConvolution
    private let levels: [[ResidualBlock]]
    private let decoders: [Decoder]
    private let head: Head

    /// - Parameter prefix: of the names of its tensors, "box" or "brain".
    /// - Throws: `ModelError` where a tensor is missing, has another shape or holds what is no number.
    package init(_ file: Safetensors, prefix: String, path: String) throws(ModelError) {
        let weights = NetworkWeights(file: file, prefix: prefix, path: path)
        let channels = [16, 32, 64, 128]
        stem = try weights.convolution("stem", size: 7, 1, 16, stride: 2, padding: 3)
        var levels: [[ResidualBlock]] = []
        var decoders: [Decoder] = []
        for level in 0..<4 {
            let inputs = level == 0 ? 16 : channels[level - 1]
            levels.append([
                try ResidualBlock(
                    weights, "encoder.\(level).block0", inputs, channels[level], stride: level == 0 ? 1 : 2),
                try ResidualBlock(weights, "encoder.\(level).block1", channels[level], channels[level], stride: 1),
            ])
            // Decoder n goes back over level 3 − n.
            let above = 3 - level
            decoders.append(
                try Decoder(
                    weights, "decoder.\(level)", channels[above], above == 0 ? 16 : channels[above - 1],
                    stride: above == 0 ? 1 : 2))
        }
        (self.levels, self.decoders) = (levels, decoders)
        head = try Head(weights)
    }

    /// - Parameter observe: is told what each part gives, by name.
    /// - Precondition: one channel, extents that are multiples of `multiple`.
    package func logits(_ volume: consuming Tensor, observe: (String, Tensor) -> Void = { _, _ in }) -> Tensor {
        precondition(
            [volume.shape.n, volume.shape.h, volume.shape.w].allSatisfy { $0 > 0 && $0 % Self.multiple == 0 },
            "the extents are no multiples of 32")
        // What is not needed any more goes, as the largest layers are the first and the last ones.
        var features = stemmed(consume volume)
        BufferPool.shared.trim()
        observe("stem", features)
        var skipped: [Tensor] = []
        for (level, blocks) in levels.enumerated() {
            skipped.append(features)
            for block in blocks { features = block(features) }
            observe("encoder.\(level)", features)
        }
        for (number, decoder) in decoders.enumerated() {
            features = decoder(features, adding: skipped.removeLast())
            observe("decoder.\(number)", features)
        }
        skipped = []
        BufferPool.shared.trim()
        return head(features)
    }

    /// Norm and ReLU never fall where their argument grows, so that the pool, of an eighth of the voxels, comes first: sixteen slices of
    /// the convolution at a time, its result is as large as two volumes.
    private func stemmed(_ volume: consuming Tensor) -> Tensor {
        let (shape, depth) = (volume.shape, stem.depth(of: volume.shape))
        let pooled = Tensor(Shape(depth / 2, shape.h / 4, shape.w / 4, 16))
        var moments = VolumeMoments(channels: 16)
        for first in stride(from: 0, to: depth, by: Self.stemSlices) {
            let end = min(depth, first + Self.stemSlices)
            // The pool sees one slice more.
            let before = min(first, 1)
            let slices = stem(volume, slices: first - before..<end)
            moments.add(slices.images(before..<slices.shape.n))
            volumeMaxPool(slices, from: first - before, into: pooled, planes: first / 2..<end / 2)
        }
        VolumeNorm(moments).apply(to: pooled, .relu)
        return pooled
    }
}
