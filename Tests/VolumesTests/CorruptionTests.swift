import Tensors
import TestSupport
import Testing
import Volumes

/// Whatever the bytes are: an image or a VolumeError, never a trap, never a hang.
@Suite struct CorruptionTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    /// Reads, and compares what reading does with what the findings say.
    private func survive(_ bytes: [UInt8], as name: String) throws -> NIfTIImage? {
        let path = try scratch.write(bytes, as: name)
        let hasError = NIfTIFile.findings(path).contains { $0.severity == .error }
        do throws(VolumeError) {
            let image = try NIfTIFile.read(path)
            #expect(!hasError)
            #expect(image.volume.voxels.count == image.header.grid.count)
            #expect(image.volume.grid.affine.inverse() != nil)
            let ras = image.volume.reorientedToRAS()
            #expect(ras.grid.orientationCode == "RAS")
            return image
        } catch {
            #expect(error.path == path)
            #expect(error.message.hasPrefix(path) && !error.message.contains { $0.isNewline })
            return nil
        }
    }

    private func sample(_ version: Int, _ isBigEndian: Bool) -> RawNIfTI {
        var raw = RawNIfTI(version: version, isBigEndian: isBigEndian)
        (raw.datatype, raw.bitsPerVoxel, raw.qformCode) = (4, 16, 1)
        for n in 0..<24 { raw.append(Int16(n * 100)) }
        return raw
    }

    @Test(arguments: [1, 2], [false, true])
    func mutatedHeaders(version: Int, isBigEndian: Bool) throws {
        let file = sample(version, isBigEndian).file
        let interesting: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, 0xc0]
        var generator = SeededGenerator(seed: UInt64(version * 2 + (isBigEndian ? 1 : 0)))
        var accepted = 0
        for round in 0..<1200 {
            var bytes = file
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let at = Int.random(in: 0..<sample(version, isBigEndian).headerLength + 4, using: &generator)
                // Runs of one byte make NaN, infinities, huge and negative numbers likely.
                let value =
                    round % 2 == 0
                    ? interesting.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
                for n in at..<min(at + [1, 2, 4, 8][Int.random(in: 0..<4, using: &generator)], bytes.count) {
                    bytes[n] = value
                }
            }
            if round % 5 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            let isCompressed = round % 3 == 0
            if try survive(isCompressed ? Gzip.stored(bytes) : bytes, as: isCompressed ? "m.nii.gz" : "m.nii") != nil {
                accepted += 1
            }
        }
        #expect(accepted > 100 && accepted < 1100, "mutations must reach both outcomes: \(accepted)")
    }

    @Test func mutatedCompression() throws {
        let volume = SyntheticVolumes.random(SyntheticVolumes.grid([16, 15, 14]), seed: 1)
        let coarse = Volume(grid: volume.grid, voxels: volume.voxels.map { ($0 / 100).rounded() })
        try NIfTIFile.write(coarse, to: scratch.file("good.nii.gz"))
        let good = try scratch.bytes("good.nii.gz")
        var generator = SeededGenerator(seed: 2)
        for round in 0..<1500 {
            var bytes = good
            if round % 4 == 0 {
                bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator))
            } else {
                for _ in 0...Int.random(in: 0..<3, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= UInt8.random(
                        in: 1...255, using: &generator)
                }
            }
            // The checksum leaves no way for changed voxels to pass; only the gzip header has bytes that mean nothing.
            if let image = try survive(bytes, as: "m.nii.gz") { #expect(image.volume.voxels == coarse.voxels) }
        }
    }

    @Test func everyTruncationOfASmallFileIsRefused() throws {
        let file = sample(1, false).file
        for length in 0..<file.count {
            #expect(try survive(Array(file[..<length]), as: "t.nii") == nil)
        }
        let compressed = Gzip.stored(file)
        for length in 0..<compressed.count {
            #expect(try survive(Array(compressed[..<length]), as: "t.nii.gz") == nil)
        }
    }

    /// What `nifti-fuzz` found: see docs/benchmarks/nifti-reader.md.
    @Test func anInterceptAtTheEndOfTheRange() throws {
        let image = try NIfTIFile.read(Fixtures.path("fuzzing/intercept-at-the-end-of-the-range.nii"))
        #expect(image.volume.voxels.allSatisfy { $0.isFinite && $0 < -3e38 })
        let error = #expect(throws: VolumeError.self) {
            try NIfTIFile.write(image.volume, like: image.header, to: scratch.file("copy.nii"))
        }
        #expect(error?.code == .unrepresentable)
        #expect(try scratch.names().isEmpty)
    }

    @Test func randomBytes() throws {
        var generator = SeededGenerator(seed: 3)
        for round in 0..<500 {
            let bytes = (0..<Int.random(in: 0...2000, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            _ = try survive(
                round % 2 == 0 ? bytes : [0x1f, 0x8b, 8, 0] + bytes, as: round % 2 == 0 ? "r.nii" : "r.nii.gz")
        }
    }
}
