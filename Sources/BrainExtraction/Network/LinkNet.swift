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
        // What the stem has read need not be kept.
        var features = stemmed(consume volume)
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
        return head(features)
    }

    /// Norm and ReLU never fall where their argument grows, so that the pool, of an eighth of the voxels, comes first.
    private func stemmed(_ volume: consuming Tensor) -> Tensor {
        let (norm, pooled) = pooledStem(consume volume)
        // What that took is larger than all that comes later, none of which can use it.
        BufferPool.shared.trim()
        norm.apply(to: pooled, .relu)
        return pooled
    }

    private func pooledStem(_ volume: consuming Tensor) -> (VolumeNorm, Tensor) {
        let raw = stem(consume volume)
        return (VolumeNorm(raw), volumeMaxPool(raw))
    }
}
