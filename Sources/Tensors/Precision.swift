/// What the operands of a network's products are rounded to. Sums, statistics, losses and weights are float32 in both.
package enum Precision: String, Codable, Sendable, CaseIterable {
    case float32
    case bfloat16

    /// Whether something multiplies such operands in this process.
    package var isAvailable: Bool { self == .float32 || InstructionSet.unit != nil }
}
