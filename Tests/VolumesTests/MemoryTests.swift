import Foundation
import TestSupport
import Testing
import Volumes

/// What a file may make the reader take, under a limit that the system enforces: data above it are refused to the process.
@Suite struct MemoryTests {
    /// Bytes of private memory that this process has mapped.
    private static func mapped() throws -> UInt {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmData:") }
        let number = line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }.flatMap { UInt($0) }
        return try #require(number) * 1024
    }

    /// Lets this process map so many bytes more, no matter what it did before.
    private static func allow(_ bytes: UInt) throws {
        let limit = try mapped() + bytes
        var limits = rlimit(rlim_cur: limit, rlim_max: limit)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limits) == 0)
    }

    private static func refusal(_ bytes: [UInt8], _ name: String, _ scratch: Scratch) throws -> VolumeError? {
        let path = try scratch.write(bytes, as: name)
        do throws(VolumeError) {
            _ = try NIfTIFile.read(path)
            return nil
        } catch { return error }
    }

    @Test func noMoreThanDeclaredIsTaken() async {
        await #expect(processExitsWith: .success) {
            let scratch = try Scratch()
            // Half a gigabyte of zeros in members of 8 MB, behind a header that declares 96 bytes.
            let zeros = SyntheticVolumes.grid([128, 128, 128])
            try NIfTIFile.write(
                Volume(grid: zeros, voxels: [Float](repeating: 0, count: zeros.count)), to: scratch.file("z.nii.gz"))
            let member = try scratch.bytes("z.nii.gz")
            var raw = RawNIfTI()
            raw.voxels = [UInt8](repeating: 0, count: 96)
            let bomb = Gzip.stored(raw.file) + [[UInt8]](repeating: member, count: 64).joined()
            var liar = RawNIfTI(version: 2)
            liar.dim = [3, 1 << 10, 1 << 10, 1 << 8, 1, 1, 1, 1]
            let large = Gzip.stored(liar.file + [UInt8](repeating: 0, count: 2_000_000))

            try MemoryTests.allow(64 << 20)
            let more = try MemoryTests.refusal(bomb, "bomb.nii.gz", scratch)
            try #require(more?.code == .invalidHeader)
            // 1 GB that the file might hold: the system has not that much to give.
            let much = try MemoryTests.refusal(large, "large.nii.gz", scratch)
            try #require(much?.code == .tooLarge && much?.message.contains("of memory") == true)
            liar.dim[3] = 1 << 11
            let absurd = try MemoryTests.refusal(Gzip.stored(liar.file), "absurd.nii.gz", scratch)
            try #require(absurd?.code == .truncated)
            // And what fits is read.
            try #require(try NIfTIFile.read(scratch.file("z.nii.gz")).volume.voxels.count == zeros.count)
        }
    }
}
