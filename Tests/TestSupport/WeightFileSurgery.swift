import Foundation

/// Changes a weight file as another program would, without the reader and writer under test.
package enum WeightFileSurgery {
    /// Copies a weight file with metadata added or replaced; the tensors stay as they are, byte for byte.
    package static func copy(_ source: String, to target: String, metadata: [String: String]) throws {
        let source = try Data(contentsOf: URL(filePath: source))
        let length = source.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        var header = try JSONSerialization.jsonObject(with: source[8..<8 + length]) as? [String: Any] ?? [:]
        let old = header["__metadata__"] as? [String: String] ?? [:]
        header["__metadata__"] = old.merging(metadata) { $1 }
        var text = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
        text.append(Data(repeating: 0x20, count: (8 - text.count % 8) % 8))
        let size = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
        try (size + text + source[(8 + length)...]).write(to: URL(filePath: target))
    }
}
