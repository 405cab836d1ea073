import Tensors

/// Filters that have been prepared, for as long as the weights stay the same.
package final class FilterCache {
    private enum Form: Hashable {
        case transformed(backwards: Bool)
        case packed(toCoarse: Bool)
    }

    private struct Key: Hashable {
        let parameter: ObjectIdentifier
        let form: Form
    }

    private var transformed: [Key: PreparedFilter] = [:]
    private var packed: [Key: PackedBlocks] = [:]

    private let largest: Int
    /// Of the products that use the filters.
    package let precision: Precision

    /// - Parameter largest: bytes up to which a transformed filter is kept; larger ones are transformed anew at every
    ///   use. Training uses each several times within a step; imputation would hold them all the time.
    /// - Precondition: `precision` is available.
    package init(precision: Precision = .float32, keepingUpTo largest: Int = .max) {
        precondition(precision.isAvailable, "nothing multiplies bfloat16 here")
        (self.precision, self.largest) = (precision, largest)
    }

    /// Frees the transformed filters that a way back does not read, so that those which it reads can take their place.
    func dropForward() {
        transformed = transformed.filter { $0.key.form != .transformed(backwards: false) }
    }

    func prepared(_ bank: FilterBank, backwards: Bool) -> PreparedFilter {
        let key = Key(parameter: ObjectIdentifier(bank.parameters[0]), form: .transformed(backwards: backwards))
        if let filter = transformed[key] { return filter }
        let filter = PreparedFilter(
            bank, backwards: backwards, precision: precision.ofPairing(bank.inputs, bank.outputs),
            keepingUpTo: largest)
        transformed[key] = filter
        return filter
    }

    func packed(_ blocks: BlockConvolution, toCoarse: Bool) -> PackedBlocks {
        let key = Key(parameter: ObjectIdentifier(blocks.owner), form: .packed(toCoarse: toCoarse))
        if let filter = packed[key] { return filter }
        let filter = PackedBlocks(blocks, toCoarse: toCoarse)
        packed[key] = filter
        return filter
    }
}
