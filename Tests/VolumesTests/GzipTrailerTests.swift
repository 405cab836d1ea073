import TestSupport
import Testing
import Volumes

/// The last bytes of a gzip stream: the checksum and the length of what it holds.
@Suite struct GzipTrailerTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    /// Nine slices of the sample patient: voxels that end together with the last large block that is read.
    private func slab() throws -> (bytes: [UInt8], voxels: [Float]) {
        let image = try NIfTIFile.read(Fixtures.path("../../SampleData/complete/patient26/FLAIR.nii.gz"))
        let whole = image.volume
        let size = SIMD3(whole.grid.size.x, whole.grid.size.y, 9)
        let start = 50 * size.x * size.y
        let voxels = Array(whole.voxels[start..<start + size.x * size.y * size.z])
        try NIfTIFile.write(
            Volume(grid: Grid(size: size, affine: whole.grid.affine), voxels: voxels), like: image.header,
            to: scratch.file("slab.nii.gz"))
        return (try scratch.bytes("slab.nii.gz"), try NIfTIFile.read(scratch.file("slab.nii.gz")).volume.voxels)
    }

    private func refusal(_ bytes: [UInt8]) throws -> VolumeError? {
        let path = try scratch.write(bytes, as: "t.nii.gz")
        do throws(VolumeError) {
            _ = try NIfTIFile.read(path)
            return nil
        } catch {
            #expect(error.message.hasPrefix("\(path) is ") && error.message.hasSuffix("; copy the file again"))
            return error
        }
    }

    @Test func everyCutAtTheEndIsRefused() throws {
        let bytes = try slab().bytes
        #expect(try refusal(bytes) == nil)
        for cut in Array(1...64) + Array(stride(from: 100, to: bytes.count, by: 9973)) {
            #expect(try refusal(bytes.dropLast(cut))?.code == .truncated, "\(cut) bytes")
        }
        let error = try refusal(bytes.dropLast(1))
        #expect(error?.message.contains("is truncated: its last bytes are missing") == true)
    }

    /// As bgzip makes them: many members, and an empty one at the end.
    @Test func everyMemberHasToBeWhole() throws {
        var raw = RawNIfTI()
        raw.dim = [3, 64, 64, 40, 1, 1, 1, 1]
        raw.voxels = (0..<655_360).map { UInt8(truncatingIfNeeded: ($0 * 7919) >> 5) & 0x3f }
        let file = raw.file
        let members = stride(from: 0, to: file.count, by: 60_000).map {
            Gzip.stored(Array(file[$0..<min($0 + 60_000, file.count)]))
        }
        let (stream, end) = (Array(members.joined()), Gzip.stored([]))
        #expect(try refusal(stream) == nil)
        #expect(try refusal(stream + end) == nil)
        for cut in 1...40 { #expect(try refusal(stream.dropLast(cut))?.code == .truncated, "\(cut) bytes") }
        // Of a member that is cut down to one byte nothing tells that it was to be one.
        for cut in 1...end.count - 2 {
            #expect(try refusal((stream + end).dropLast(cut))?.code == .truncated, "\(cut) bytes of the empty member")
        }
        // A checksum inside the stream counts as much as the last one.
        var damaged = stream
        damaged[members[0].count - 5] ^= 1
        #expect(try refusal(damaged)?.code == .corrupt)
    }

    @Test func everyBitOfChecksumAndLengthCounts() throws {
        let bytes = try slab().bytes
        for bit in 0..<64 {
            var flipped = bytes
            flipped[bytes.count - 8 + bit / 8] ^= 1 << (bit % 8)
            let error = try refusal(flipped)
            #expect(error?.code == .corrupt && error?.message.contains("is damaged") == true, "bit \(bit)")
        }
    }

    @Test func whatFollowsAWholeStreamIsLeftAlone() throws {
        let (bytes, voxels) = try slab()
        for tail: [UInt8] in [[0], [0x1f], [UInt8](repeating: 0, count: 200_000), Array("trailing".utf8)] {
            let path = try scratch.write(bytes + tail, as: "tail.nii.gz")
            #expect(try NIfTIFile.read(path).volume.voxels == voxels)
        }
    }
}
