import Crypto
import Files
import Foundation

/// A file of named float32 tensors with string metadata, in the safetensors format
/// (8-byte little-endian header length, JSON header, raw values).
///
/// Reading checks every offset against the file before it is used and refuses tensors that overlap, and other element
/// types than F32 and I64. Files written here carry a checksum in their metadata (`collagan.sha256`: the SHA-256 of the
/// file in which those 64 digits are zeros), which is verified when it is there.
package struct Safetensors: Sendable, Equatable {
    /// Shape and values of one tensor; integer tensors are converted.
    package struct Entry: Sendable, Equatable {
        package var shape: [Int]
        package var values: [Float]

        package init(shape: [Int], values: [Float]) {
            (self.shape, self.values) = (shape, values)
        }
    }

    package var metadata: [String: String]
    package var tensors: [String: Entry]

    package init(metadata: [String: String] = [:], tensors: [String: Entry] = [:]) {
        (self.metadata, self.tensors) = (metadata, tensors)
    }

    /// Reads a file.
    ///
    /// - Parameter needsChecksum: refuse a file without one.
    /// - Throws: `ModelError` when the file is missing, truncated, not what its header says, or does not match its
    ///   checksum.
    package static func read(_ path: String, needsChecksum: Bool = false) throws(ModelError) -> Safetensors {
        let data: Data
        do {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw ModelError(.missing, path, "no such file; check the path or give another with --model")
            }
            guard !isFolder.boolValue else {
                throw ModelError(.malformed, path, "is a folder; give the .safetensors file in it")
            }
            data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(.missing, path, "cannot be read (\(error.localizedDescription)); check its permissions")
        }
        return try parse(data, needsChecksum: needsChecksum, path: path)
    }

    private static func parse(_ data: Data, needsChecksum: Bool, path: String) throws(ModelError) -> Safetensors {
        func malformed(_ what: String) -> ModelError {
            ModelError(.malformed, path, "\(what); it is damaged or not a safetensors file: fetch it again")
        }
        guard data.count >= 8 else { throw malformed("is shorter than a header") }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(data.count - 8), length < 100_000_000 else {
            throw malformed("has a header beyond its end")
        }
        let start = 8 + Int(length)
        guard
            let json = try? JSONSerialization.jsonObject(with: data.subdata(in: 8..<start)),
            let header = json as? [String: Any]
        else { throw malformed("has an unreadable header") }
        var result = Safetensors()
        var places: [(name: String, shape: [Int], count: Int, type: String, bytes: Range<Int>)] = []
        for (name, value) in header {
            if name == "__metadata__" {
                guard let metadata = value as? [String: String] else { throw malformed("has unreadable metadata") }
                result.metadata = metadata
                continue
            }
            guard
                let fields = value as? [String: Any], let type = fields["dtype"] as? String,
                let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
                offsets.count == 2, shape.allSatisfy({ $0 >= 0 })
            else { throw malformed("has an unreadable entry '\(name.prefix(80))'") }
            guard type == "F32" || type == "I64" else {
                throw ModelError(
                    .unsupported, path,
                    "tensor '\(name.prefix(80))' is \(type); only F32 weights are read: convert them")
            }
            let size = type == "F32" ? 4 : 8
            var count = 1
            for extent in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: extent)
                guard !overflow, product <= data.count else {
                    throw malformed("has an impossible shape in '\(name.prefix(80))'")
                }
                count = product
            }
            guard
                offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= data.count - start,
                offsets[1] - offsets[0] == count * size
            else { throw malformed("is truncated or has wrong offsets at '\(name.prefix(80))'") }
            places.append((name, shape, count, type, offsets[0]..<offsets[1]))
        }
        // Tensors over the same bytes would let a small file ask for any amount of memory.
        places.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
        for (place, next) in zip(places, places.dropFirst()) where next.bytes.lowerBound < place.bytes.upperBound {
            throw malformed("has overlapping tensors '\(place.name.prefix(80))' and '\(next.name.prefix(80))'")
        }
        let checksum = result.metadata.removeValue(forKey: FileChecksum.key)
        if needsChecksum || checksum != nil {
            guard let checksum, FileChecksum.holds(checksum, for: data, header: 8..<start) else {
                throw malformed(checksum == nil ? "has no checksum" : "does not match its checksum")
            }
        }
        for (name, shape, count, type, range) in places {
            let bytes = data.subdata(in: start + range.lowerBound..<start + range.upperBound)
            result.tensors[name] = Entry(
                shape: shape,
                values: bytes.withUnsafeBytes { raw in
                    (0..<count).map { index in
                        type == "F32"
                            ? Float(
                                bitPattern: UInt32(
                                    littleEndian: raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
                            : Float(Int64(littleEndian: raw.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)))
                    }
                })
        }
        return result
    }

    /// Writes the file with its checksum, whole or not at all: beside the path, flushed to disk, renamed. The same
    /// content gives the same bytes.
    ///
    /// - Throws: `ModelError` when the folder cannot be written.
    package func write(to path: String) throws(ModelError) {
        var start = preamble()
        let named = tensors.sorted { $0.key < $1.key }
        var hash = SHA256()
        hash.update(data: start)
        for (_, entry) in named { entry.values.withUnsafeBytes { hash.update(bufferPointer: $0) } }
        if let place = FileChecksum.place(of: FileChecksum.placeholder, in: start) {
            start.replaceSubrange(place, with: Data(FileHash.hexadecimal(hash.finalize()).utf8))
        }
        do throws(CollaGANError) {
            try AtomicFile.write(to: path) { append throws(CollaGANError) in
                try append(start.bytes)
                for (_, entry) in named { try append(entry.values.span.bytes) }
            }
        } catch {
            throw ModelError(.unwritable, path, error.text)
        }
    }

    /// Length and header, with zeros for the checksum.
    private func preamble() -> Data {
        func quoted(_ text: String) -> String {
            let data = try? JSONSerialization.data(withJSONObject: [text], options: [.withoutEscapingSlashes])
            return String(decoding: data ?? Data("[\"\"]".utf8), as: UTF8.self).dropFirst().dropLast().description
        }
        let pairs = metadata.merging([FileChecksum.key: FileChecksum.placeholder]) { $1 }
            .sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
        var entries = ["\"__metadata__\":{\(pairs.joined(separator: ","))}"]
        var offset = 0
        for (name, entry) in tensors.sorted(by: { $0.key < $1.key }) {
            let end = offset + 4 * entry.values.count
            let shape = entry.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = "{\(entries.joined(separator: ","))}"
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        var length = UInt64(header.utf8.count).littleEndian
        return withUnsafeBytes(of: &length) { Data($0) } + Data(header.utf8)
    }
}
