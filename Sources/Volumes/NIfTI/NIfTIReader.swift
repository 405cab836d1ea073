import CNIfTI
import Foundation

/// One NIfTI file on its way in: opened, header decoded, header checked, voxels.
final class NIfTIReader {
    private let file: FileReader
    private let raw: RawHeader
    private(set) var findings: [HeaderFinding]

    /// deflate cannot expand data more than this (a match of 258 bytes from 2 bits).
    private static let largestExpansion = 1032

    /// More bytes than this behind the voxels are no padding: then the header says too little.
    private static let largestTail = 1 << 16

    /// Opens the file, reads its header and runs the checks.
    init(_ path: String) throws(VolumeError) {
        file = try FileReader(path)
        raw = try Self.header(file)
        let raw = raw
        findings = HeaderCheck.all.compactMap { $0.finding(raw) }
    }

    private static func header(_ file: FileReader) throws(VolumeError) -> RawHeader {
        if file.fileSize == 0 {
            throw VolumeError(.truncated, file.path, "is empty; copy the file again")
        }
        var bytes = try file.read(RawHeader.shortestLength)
        let length = bytes.count < 4 ? 0 : cnifti_header_length(bytes)
        // A DICOM file may begin with 128 bytes of anything, the length of a NIfTI header among it.
        let hasMagic = length > 0 && (length > bytes.count || bytes.suffix(4).first == UInt8(ascii: "n"))
        // What has a header's length may be one half of a pair, which the header's checks know.
        let fileName = length > 0 ? nil : file.path.split(separator: "/").last
        if !hasMagic, let text = ForeignContent.description(start: bytes, name: fileName.map(String.init)) {
            throw VolumeError(.notNIfTI, file.path, text)
        }
        try checkName(file)
        guard length > 0 else {
            if !file.endsProperly { throw truncatedHeader(file) }
            throw VolumeError(.notNIfTI, file.path, "is not a NIfTI file; give a .nii or .nii.gz file")
        }
        bytes += try file.read(length - RawHeader.shortestLength)
        guard bytes.count == length else { throw truncatedHeader(file) }
        return RawHeader(bytes)
    }

    private static func checkName(_ file: FileReader) throws(VolumeError) {
        let name = file.path.lowercased()
        if name.hasSuffix(".gz") && !file.isCompressed {
            throw VolumeError(
                .wrongName, file.path, "is not gzip-compressed as its name says; rename it to .nii or copy it again")
        }
        if !name.hasSuffix(".gz") && file.isCompressed {
            throw VolumeError(
                .wrongName, file.path, "is gzip-compressed although its name does not say so; rename it to .nii.gz")
        }
    }

    private static func truncatedHeader(_ file: FileReader) -> VolumeError {
        VolumeError(.truncated, file.path, "is truncated: it ends within its header; copy the file again")
    }

    /// The header, if every check let it pass and the file is large enough for the voxels it declares.
    func checkedHeader() throws(VolumeError) -> NIfTIHeader {
        for check in HeaderCheck.all {
            guard let finding = check.finding(raw), finding.severity == .error else { continue }
            throw VolumeError(check.code, file.path, finding.text)
        }
        guard let header = NIfTIHeader(raw) else {
            throw VolumeError(.invalidHeader, file.path, "has a damaged header; copy the file again")
        }
        // Cannot overflow: the checks bound the voxel count by 2³¹ and the offset by 2³⁰.
        let needed = header.dataOffset + header.byteCount
        if !file.isCompressed {
            if file.fileSize < needed { throw truncated(header, have: file.fileSize - header.dataOffset) }
            try judgeTail(file.fileSize - needed, header)
        } else if needed / Self.largestExpansion > file.fileSize {
            throw VolumeError(
                .truncated, file.path,
                "is truncated or damaged: \(dataSize(file.fileSize)) cannot hold the \(dataSize(needed)) its header declares; "
                    + "copy the file again")
        }
        return header
    }

    var isSwapped: Bool { raw.isSwapped }

    /// Bytes between the header and the voxels; nil where the header does not say.
    var roomForExtensions: Int? { raw.dataOffset.map { $0 - raw.bytes.count } }

    /// What stands behind the header, up to so many bytes; the voxels can then no longer be read.
    func readExtensions(_ count: Int) throws(VolumeError) -> [UInt8] { try file.read(count) }

    /// The voxels, scaled, i fastest; call once, after ``checkedHeader()``.
    func voxels(_ header: NIfTIHeader) throws(VolumeError) -> (values: [Float], nonFiniteCount: Int) {
        let gap = header.dataOffset - raw.bytes.count
        guard try file.skip(gap) == gap else { throw truncated(header, have: 0) }
        let count = header.grid.count
        // The array's own head and the block that is decoded from come on top of the voxels.
        guard cnifti_can_allocate(Int64(count) * 4 + 2 * Int64(FileReader.chunk)) else {
            throw VolumeError(
                .tooLarge, file.path, "needs \(dataSize(count * 4)) of memory, more than there is; use a larger machine"
            )
        }
        let decoder = VoxelDecoder(header)
        var nonFiniteCount = 0
        var failure: VolumeError?
        // The system hands out memory page by page as it is written, so a header that promises too much costs nothing.
        let values = [Float](unsafeUninitializedCapacity: count) { out, initialized in
            guard let start = out.baseAddress else { return }
            do throws(VolumeError) {
                nonFiniteCount = try decode(header, decoder, to: start)
                initialized = count
            } catch { failure = error }
        }
        if let failure { throw failure }
        try readToEnd(header)
        return (values, nonFiniteCount)
    }

    private func decode(
        _ header: NIfTIHeader, _ decoder: VoxelDecoder, to out: UnsafeMutablePointer<Float>
    ) throws(VolumeError) -> Int {
        let block = UnsafeMutableRawPointer.allocate(byteCount: FileReader.chunk, alignment: 16)
        defer { block.deallocate() }
        let width = header.datatype.byteCount
        let count = header.grid.count
        var (done, nonFiniteCount) = (0, 0)
        while done < count {
            let part = min(FileReader.chunk / width, count - done)
            let got = try file.read(part * width, into: block)
            guard got == part * width else { throw truncated(header, have: done * width + got) }
            nonFiniteCount += decoder.decode(block, count: part, to: out + done)
            done += part
        }
        return nonFiniteCount
    }

    /// Reads on to the end of a gzip stream, where its checksum stands; gives up where the file holds more than it declares.
    private func readToEnd(_ header: NIfTIHeader) throws(VolumeError) {
        guard file.isCompressed else { return }
        let tail = try file.skip(Self.largestTail + 1)
        if tail <= Self.largestTail && !file.endsProperly {
            throw VolumeError(.truncated, file.path, "is truncated: its last bytes are missing; copy the file again")
        }
        try judgeTail(tail, header)
    }

    /// A few bytes behind the voxels are padding; many mean that size or datatype are not what the header says.
    private func judgeTail(_ tail: Int, _ header: NIfTIHeader) throws(VolumeError) {
        if tail > Self.largestTail {
            throw VolumeError(
                .invalidHeader, file.path,
                "holds more data than the \(dataSize(header.byteCount)) of voxels that its header declares: size or datatype must be wrong; "
                    + "repair its header or extract the volume that is meant")
        }
        guard tail > 0 else { return }
        findings.append(
            HeaderFinding(
                check: "trailing-bytes", severity: .warning, message: "has \(tail) bytes after its voxels",
                remedy: "they were ignored"))
    }

    private func truncated(_ header: NIfTIHeader, have: Int) -> VolumeError {
        VolumeError(
            .truncated, file.path,
            "is truncated: \(dataSize(max(have, 0))) of \(dataSize(header.byteCount)) of voxels could be read; copy the file again"
        )
    }
}

extension NIfTIHeader {
    /// Bytes of all voxels as stored.
    var byteCount: Int { grid.count * datatype.byteCount }
}

/// A number of bytes for a message: "352 bytes", "3.4 MB".
func dataSize(_ bytes: Int) -> String {
    if bytes < 10_000 { return "\(bytes) bytes" }
    return bytes < 1_000_000
        ? String(format: "%.1f kB", Double(bytes) / 1e3) : String(format: "%.1f MB", Double(bytes) / 1e6)
}
