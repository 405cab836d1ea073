/// Numbers by metric and region: the scores of an image, their means over patients, or what they gain.
///
/// As JSON an object under the keys of the files, e.g. `nmse` and `nmse_brain`, in which what is undefined or infinite
/// is `null`.
package struct ScoreTable: Sendable, Equatable {
    /// Every metric of every region, region by region.
    package static let places: [(metric: Metric, region: Region, key: String)] = Region.allCases.flatMap { region in
        Metric.all.filter { $0.regions.contains(region) }.map { ($0, region, $0.key(in: region)) }
    }

    /// By key; nil for what is undefined.
    package private(set) var values: [String: Double?] = [:]

    package init() {}

    /// One number; nil where it is undefined or not there.
    package subscript(_ metric: Metric, _ region: Region = .whole) -> Double? {
        get { self[metric.key(in: region)] }
        set { self[metric.key(in: region)] = newValue }
    }

    /// The same under its key.
    package subscript(_ key: String) -> Double? {
        get { values[key] ?? nil }
        set { values.updateValue(newValue.flatMap { $0.isNaN ? nil : $0 }, forKey: key) }
    }
}

extension ScoreTable: Codable {
    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (key, value) in values {
            try container.encode(value.flatMap { $0.isFinite ? $0 : nil }, forKey: Key(key))
        }
    }

    /// Leaves out keys of no metric.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for (_, _, key) in Self.places where container.contains(Key(key)) {
            self[key] = try container.decodeIfPresent(Double.self, forKey: Key(key))
        }
    }
}
