import CollaGAN
import Crypto
import Files
import Foundation
import NeuralNet
import Preprocessing

/// A prepared patient on disk, read slice by slice (format: docs/reference/training-data.md).
///
/// 8 bytes "CGSLICES", UInt32 version, UInt32 length of the header, SHA-256 of the header, the header (JSON), then one record for every slice
/// that holds brain: its contrasts as float32, the brain as bits (least significant first), the SHA-256 of both. Numbers are
/// little-endian. No file stays open between reads, so any number of patients takes part.
struct SliceFile: SliceSource {
    static let digestSize = 32
    private static let magic = Array("CGSLICES".utf8)
    private static let version: UInt32 = 1
    private static let prefixSize = 8 + 4 + 4 + digestSize
    private static let largestHeader = 1 << 24

    let path: String
    let header: SliceFileHeader
    /// Offset of the first record.
    private let start: Int
    /// Place among the records of every slice; nil where there is no brain.
    private let places: [Int?]

    private init(path: String, header: SliceFileHeader, start: Int) {
        (self.path, self.header, self.start) = (path, header, start)
        var next = 0
        places = header.brainPixels.map { brain in
            defer { next += brain > 0 ? 1 : 0 }
            return brain > 0 ? next : nil
        }
    }

    // MARK: Writing

    /// Writes a patient whole or not at all.
    /// - Throws: `CollaGANError.Code.unwritable`, e.g. on a full disk.
    static func write(_ stack: SliceStack, _ header: SliceFileHeader, to path: String) throws(CollaGANError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(header), json.count <= largestHeader else {
            throw CollaGANError(.unwritable, path: path, "\(path): the patient's description cannot be written as JSON")
        }
        var prefix = magic
        for number in [version, UInt32(json.count)] {
            withUnsafeBytes(of: number.littleEndian) { prefix.append(contentsOf: $0) }
        }
        prefix += SHA256.hash(data: json)
        prefix += json
        try AtomicFile.write(to: path) { append throws(CollaGANError) in
            try append(prefix.span.bytes)
            for (slice, brain) in header.brainPixels.enumerated() where brain > 0 {
                try append(record(of: slice, in: stack, header).span.bytes)
            }
        }
    }

    private static func record(of slice: Int, in stack: SliceStack, _ header: SliceFileHeader) -> [UInt8] {
        let pixels = header.height * header.width
        let range = slice * pixels..<(slice + 1) * pixels
        var record: [UInt8] = []
        record.reserveCapacity(header.recordSize)
        for contrast in header.present {
            stack.images[contrast]?[range].withUnsafeBytes { record.append(contentsOf: $0) }
        }
        for first in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            record.append((0..<8).reduce(0) { $0 | (stack.brain[first + $1] ? 1 << UInt8($1) : 0) })
        }
        record += SHA256.hash(data: record)
        return record
    }

    // MARK: Opening

    /// Opens a file and checks every byte of it.
    /// - Returns: nil if there is none, or it is damaged, or was made from something else.
    init?(_ path: String, fingerprint: String) {
        guard let file = Descriptor(path), let prefix = file.bytes(Self.prefixSize, at: 0),
            Array(prefix[..<8]) == Self.magic, Self.number(prefix[8..<12]) == Self.version
        else { return nil }
        let length = Int(Self.number(prefix[12..<16]))
        guard length <= min(Self.largestHeader, file.size - Self.prefixSize),
            let json = file.bytes(length, at: Self.prefixSize), SHA256.hash(data: json) == prefix[16...],
            let header = try? JSONDecoder().decode(SliceFileHeader.self, from: Data(json)), header.isConsistent,
            header.fingerprint == fingerprint
        else { return nil }
        self.init(path: path, header: header, start: Self.prefixSize + length)
        let count = header.brainPixels.count(where: { $0 > 0 })
        guard file.size == start + count * header.recordSize,
            (0..<count).allSatisfy({ record(at: $0, of: file) != nil })
        else { return nil }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    // MARK: Reading

    func slices(_ indices: [Int]) throws(ModelError) -> SliceStack {
        guard let file = Descriptor(path) else { throw lost() }
        let pixels = header.height * header.width
        let present = header.present
        var images = header.scales.map { $0.map { _ in [Float](repeating: 0, count: indices.count * pixels) } }
        var brain = [Bool](repeating: false, count: indices.count * pixels)
        for (position, index) in indices.enumerated() {
            guard let place = places[index] else { continue }
            guard let record = record(at: place, of: file) else { throw lost() }
            let first = position * pixels
            record.withUnsafeBytes { bytes in
                for (order, contrast) in present.enumerated() {
                    images[contrast]?[first..<first + pixels].withUnsafeMutableBytes {
                        $0.copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: bytes[order * pixels * 4..<(order + 1) * pixels * 4])
                        )
                    }
                }
            }
            let bits = present.count * pixels * 4
            for pixel in 0..<pixels where record[bits + pixel / 8] >> UInt8(pixel % 8) & 1 == 1 {
                brain[first + pixel] = true
            }
        }
        return SliceStack(
            contrasts: header.contrasts, slices: indices.count, height: header.height, width: header.width,
            images: images, brain: brain, scales: header.scales.map { $0.map { Float($0) } },
            percentiles: header.percentiles.map { $0.map { Float($0) } })
    }

    /// The bytes of a record; nil if they are not those that were written.
    private func record(at place: Int, of file: Descriptor) -> [UInt8]? {
        let size = header.recordSize
        guard let bytes = file.bytes(size, at: start + place * size),
            SHA256.hash(data: bytes[..<(size - Self.digestSize)]) == bytes[(size - Self.digestSize)...]
        else { return nil }
        return bytes
    }

    private func lost() -> ModelError {
        ModelError(
            .data, path,
            "was removed or damaged during the training; --resume makes it again"
        )
    }
}

/// A file open for reading at any place, closed with this object.
private final class Descriptor {
    private let file: Int32
    let size: Int

    /// Nil if it cannot be opened or is no regular file.
    init?(_ path: String) {
        file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        guard let status = FileStatus(descriptor: file), status.kind == .regular else {
            close(file)
            return nil
        }
        size = status.size
    }

    deinit { close(file) }

    /// Exactly `count` bytes from an offset; nil if the file ends before.
    func bytes(_ count: Int, at offset: Int) -> [UInt8]? {
        guard offset >= 0, count >= 0, count <= size - offset else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let read = pread(file, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { return }
                filled += read
            }
        }
        return bytes.count == count ? bytes : nil
    }
}
