/// One of N shares of a batch: of the patients in their order, the one at place k (from 0) belongs to share k mod N + 1.
package struct PatientPart: Sendable, Equatable {
    /// From 1 on.
    package let number: Int
    package let count: Int

    /// More would be a slip of the keyboard.
    package static let mostParts = 100_000

    /// - Returns: nil unless 1 ≤ `number` ≤ `count` ≤ ``mostParts``.
    package init?(number: Int, count: Int) {
        guard (1...Self.mostParts).contains(count), (1...count).contains(number) else { return nil }
        (self.number, self.count) = (number, count)
    }

    /// Reads "3/8".
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let number = Int(parts[0]), let count = Int(parts[1])
        else { return nil }
        self.init(number: number, count: count)
    }

    /// "3/8"
    package var text: String { "\(number)/\(count)" }

    func share<Element>(of all: [Element]) -> [Element] {
        stride(from: number - 1, to: all.count, by: count).map { all[$0] }
    }
}
