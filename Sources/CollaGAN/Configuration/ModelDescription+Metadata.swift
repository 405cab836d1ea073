import Foundation
import Metrics
import NeuralNet
import Preprocessing

extension ModelDescription {
    /// What files of version 0.1 say, which knew one kind.
    private static let firstNormalisation = "per contrast over brain voxels"
    /// Format of a file that holds its normalisation as JSON; before, it was in words.
    private static let format = "collagan 2"
    /// Format of a file of another method, which versions that know `collagan 2` cannot use.
    private static let methodFormat = "collagan 3"

    /// As string pairs for a weight file.
    func metadata() -> [String: String] {
        let network =
            method == .collagan
            ? [
                "format": Self.format, "encoderWidth": String(encoderWidth),
                "emptyEncoders": emptyEncoders.joined(separator: ","),
            ]
            : [
                "format": Self.methodFormat, "method": method.rawValue, "blocks": String(blocks),
                "sources": Self.json(sources),
            ]
        return network.merging(sharedMetadata()) { $1 }
    }

    private func sharedMetadata() -> [String: String] {
        [
            "name": name,
            "ngf": String(ngf),
            "contrasts": contrasts.joined(separator: ","),
            "crop": "\(crop.height)x\(crop.width)",
            "spacing": String(spacing),
            "normalisation": Self.json(normalisation),
            "referenceScales": Self.json(referenceScales),
            "regressions": Self.json(regressions),
            "selfCheck": Self.json(selfCheck),
            "testTimeFlip": String(testTimeFlip),
            "provenance": Self.json(provenance),
        ]
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Reads the string pairs of a weight file.
    ///
    /// - Throws: `ModelError` for values that cannot be.
    package init(metadata: [String: String], path: String) throws(ModelError) {
        func malformed(
            _ key: String, _ why: String, remedy: String = "fetch or train the model again"
        ) -> ModelError {
            ModelError(.malformed, path, "metadata '\(key)' \(why); \(remedy)")
        }
        guard [nil, "collagan 1", Self.format, Self.methodFormat].contains(metadata["format"]) else {
            throw malformed("format", "is of a later version of collagan", remedy: "use that")
        }
        guard let method = MethodName(rawValue: metadata["method"] ?? MethodName.collagan.rawValue) else {
            throw malformed("method", "is unknown to this version of collagan", remedy: "use a later one")
        }
        guard let ngfText = metadata["ngf"], let ngf = Int(ngfText), (1...1024).contains(ngf) else {
            throw malformed("ngf", "is missing or not a width: not a collagan weight file")
        }
        let contrasts = (metadata["contrasts"] ?? "").split(separator: ",").map(String.init)
        guard (2...8).contains(contrasts.count), Set(contrasts).count == contrasts.count,
            metadata["encoderWidth"] != nil || ngf % contrasts.count == 0 || method != .collagan
        else {
            throw malformed("contrasts", "is missing or does not fit ngf \(ngf)")
        }
        let encoderWidth = metadata["encoderWidth"].map { Int($0) ?? 0 } ?? max(ngf / contrasts.count, 1)
        guard (1...1024).contains(encoderWidth) else { throw malformed("encoderWidth", "is not a width") }
        let empty = (metadata["emptyEncoders"] ?? "").split(separator: ",").map(String.init)
        guard empty.count <= 64, Set(empty + contrasts).count == empty.count + contrasts.count else {
            throw malformed("emptyEncoders", "does not name other contrasts")
        }
        var crop = Crop(height: 240, width: 240)
        if let text = metadata["crop"] {
            let sides = text.split(separator: "x").compactMap { Int($0) }
            guard sides.count == 2, sides.allSatisfy({ $0 > 0 && $0 <= 4096 && $0 % 16 == 0 }) else {
                throw malformed("crop", "is not HEIGHTxWIDTH in multiples of 16")
            }
            crop = Crop(height: sides[0], width: sides[1])
        }
        var spacing = 1.0
        if let text = metadata["spacing"] {
            guard let value = Double(text), value.isFinite, value > 0.01, value < 100 else {
                throw malformed("spacing", "is not a pixel size in mm")
            }
            spacing = value
        }
        func decoded<T: Decodable>(_ key: String, default value: T) throws(ModelError) -> T {
            guard let text = metadata[key] else { return value }
            guard let result = try? JSONDecoder().decode(T.self, from: Data(text.utf8)) else {
                throw malformed(key, "cannot be read")
            }
            return result
        }
        var normalisation = Normalisation(.percentile)
        if let text = metadata["normalisation"], !text.hasPrefix(Self.firstNormalisation) {
            normalisation = try decoded("normalisation", default: normalisation)
            guard normalisation.isConsistent else { throw malformed("normalisation", "cannot be meant") }
        }
        let scales = try decoded("referenceScales", default: [Float](repeating: 1, count: contrasts.count))
        guard scales.count == contrasts.count, scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw malformed("referenceScales", "does not hold one positive number per contrast")
        }
        let sources = try decoded("sources", default: [[Int]]())
        guard
            sources.isEmpty
                || sources.map({ $0.sorted() })
                    == contrasts.indices.map({ target in contrasts.indices.filter { $0 != target } })
        else { throw malformed("sources", "does not list the other contrasts of each") }
        let blocks = Int(metadata["blocks"] ?? "0") ?? -1
        guard (0...32).contains(blocks) else { throw malformed("blocks", "is not a number of blocks") }
        let regressions = try decoded("regressions", default: [QuadraticRegression]())
        guard regressions.allSatisfy({ $0.isConsistent(contrastCount: contrasts.count) }) else {
            throw malformed("regressions", "do not fit the contrasts")
        }
        let selfCheck = try decoded("selfCheck", default: [SelfCheckReference]())
        guard
            selfCheck.allSatisfy({
                contrasts.indices.contains($0.target) && contrasts.indices.contains($0.contrast) && $0.nmse.isFinite
            })
        else { throw malformed("selfCheck", "does not fit the contrasts") }
        self.init(
            name: metadata["name"] ?? "unnamed", ngf: ngf, encoderWidth: encoderWidth, contrasts: contrasts, crop: crop,
            spacing: spacing, normalisation: normalisation, referenceScales: scales, regressions: regressions,
            selfCheck: selfCheck,
            testTimeFlip: try decoded("testTimeFlip", default: false),
            provenance: try decoded("provenance", default: [:]))
        (emptyEncoders, self.method, self.sources, self.blocks) = (empty, method, sources, blocks)
    }
}
