/// Values of the objective's terms for one step, unweighted; nil where a term was not part of it.
package struct LossValues: Sendable, Codable, Equatable {
    /// mean |x_κ − x̂_κ|, normalised intensities; always measured where the truth is known, trained on only where
    /// weighted.
    package var reconstruction: Float?
    /// mean (x_κ − x̂_κ)².
    package var squared: Float?
    /// −log((1 + SSIM(x_κ, x̂_κ)) ÷ 2).
    package var similarity: Float?
    /// Σ over the cycle passes of mean |x_κ' − x̃_κ'|.
    package var cycle: Float?
    /// Σ over the cycle passes of −log((1 + SSIM) ÷ 2).
    package var ssim: Float?
    /// What the discriminator's source map costs the generator, summed over the fakes.
    package var adversarial: Float?
    /// Σ over fakes of the cross-entropy of D_dom.
    package var classification: Float?
    /// The discriminator's own loss: source terms + cross-entropy on real images.
    package var discriminator: Float?
    /// Σ of mean |x − G(x)| where x is of G's own target already.
    package var identity: Float?
    /// Mean squared distance from 1 of the norm of the discriminator's gradient.
    package var penalty: Float?

    package init() {}

    /// Whether every value is a number.
    package var isFinite: Bool { Self.terms.allSatisfy { self[keyPath: $0]?.isFinite ?? true } }

    /// All terms; new ones come last, because the totals in checkpoints lie in this order.
    package static let terms: [WritableKeyPath<LossValues, Float?> & Sendable] = [
        \.reconstruction, \.squared, \.similarity, \.cycle, \.ssim, \.adversarial, \.classification, \.discriminator,
        \.identity, \.penalty,
    ]
}
