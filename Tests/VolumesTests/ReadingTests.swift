import TestSupport
import Testing
import Volumes

/// Files built byte by byte from the standard.
@Suite struct ReadingTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    @Test(arguments: [1, 2], [false, true])
    func everyDatatypeInBothByteOrders(version: Int, isBigEndian: Bool) throws {
        func read(_ code: Int16, _ bits: Int16, _ fill: (inout RawNIfTI) -> Void) throws -> [Float] {
            var raw = RawNIfTI(version: version, isBigEndian: isBigEndian)
            (raw.datatype, raw.bitsPerVoxel) = (code, bits)
            raw.dim = [3, 2, 1, 2, 1, 1, 1, 1]
            fill(&raw)
            for (name, bytes) in [("a.nii", raw.file), ("a.nii.gz", Gzip.stored(raw.file))] {
                let image = try NIfTIFile.read(scratch.write(bytes, as: name))
                #expect(image.header.version == version)
                #expect(image.header.byteOrder == (isBigEndian ? .big : .little))
                #expect(image.header.description == "made by hand")
                if name == "a.nii.gz" { return image.volume.voxels }
            }
            return []
        }
        #expect(try read(2, 8) { for v: UInt8 in [0, 1, 128, 255] { $0.append(v) } } == [0, 1, 128, 255])
        #expect(try read(256, 8) { for v: Int8 in [0, -1, -128, 127] { $0.append(v) } } == [0, -1, -128, 127])
        #expect(try read(512, 16) { for v: UInt16 in [0, 1, 258, 65535] { $0.append(v) } } == [0, 1, 258, 65535])
        #expect(try read(4, 16) { for v: Int16 in [0, -1, 258, -32768] { $0.append(v) } } == [0, -1, 258, -32768])
        #expect(
            try read(768, 32) { for v: UInt32 in [0, 1, 0x0102_0304, .max] { $0.append(v) } } == [
                0, 1, 16_909_060, 4_294_967_296,
            ])
        #expect(
            try read(8, 32) { for v: Int32 in [0, -1, 66051, .min] { $0.append(v) } } == [0, -1, 66051, -2_147_483_648])
        #expect(
            try read(1280, 64) { for v: UInt64 in [0, 1, 1 << 40, .max] { $0.append(v) } } == [0, 1, 0x1p40, 0x1p64])
        #expect(
            try read(1024, 64) { for v: Int64 in [0, -1, 1 << 40, .min] { $0.append(v) } } == [0, -1, 0x1p40, -0x1p63])
        #expect(
            try read(16, 32) { for v: Float in [0, -1.5, 0x1p-130, 1e38] { $0.append(v) } } == [
                0, -1.5, 0x1p-130, 1e38,
            ])
        #expect(try read(64, 64) { for v: Double in [0, -1.5, 0.1, 1e30] { $0.append(v) } } == [0, -1.5, 0.1, 1e30])
    }

    @Test(arguments: [1, 2])
    func scalingIsAppliedUnlessSlopeIsZeroOrNaN(version: Int) throws {
        func read(_ slope: Double, _ intercept: Double) throws -> [Float] {
            var raw = RawNIfTI(version: version)
            (raw.datatype, raw.bitsPerVoxel) = (4, 16)
            raw.dim = [3, 1, 1, 3, 1, 1, 1, 1]
            (raw.slope, raw.intercept) = (slope, intercept)
            for value: Int16 in [0, 10, -20] { raw.append(value) }
            return try NIfTIFile.read(scratch.write(raw.file, as: "scaled.nii")).volume.voxels
        }
        #expect(try read(0.5, 3) == [3, 8, -7])
        #expect(try read(-2, 0) == [0, -20, 40])
        #expect(try read(0, 7) == [0, 10, -20])
        #expect(try read(.nan, .nan) == [0, 10, -20])
        #expect(throws: VolumeError.self) { try read(.infinity, 0) }
        #expect(throws: VolumeError.self) { try read(1, .nan) }
    }

    @Test func nonFiniteVoxelsAreCountedAndLeft() throws {
        var raw = RawNIfTI()
        raw.dim = [3, 5, 1, 1, 1, 1, 1, 1]
        for value: Float in [1, .nan, .infinity, -.infinity, 2] { raw.append(value) }
        let image = try NIfTIFile.read(scratch.write(raw.file, as: "nan.nii"))
        #expect(image.nonFiniteCount == 3)
        #expect(image.volume.voxels[1].isNaN)
        #expect(image.volume.voxels[3] == -.infinity)
        // A double that Float cannot hold counts as well.
        (raw.datatype, raw.bitsPerVoxel, raw.voxels) = (64, 64, [])
        for value in [1, 2, 3, 4, 1e300] { raw.append(value) }
        #expect(try NIfTIFile.read(scratch.write(raw.file, as: "huge.nii")).nonFiniteCount == 1)
    }

    @Test(arguments: [1, 2], [false, true])
    func extensionsAndGapsAreSkipped(version: Int, isBigEndian: Bool) throws {
        var raw = RawNIfTI(version: version, isBigEndian: isBigEndian)
        for n in 0..<24 { raw.append(Float(n)) }
        // Sizes that lie must not matter: nothing of an extension is used.
        raw.extensions = [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 44] + [UInt8](repeating: 9, count: 24)
        #expect(try NIfTIFile.read(scratch.write(raw.file, as: "x.nii")).volume.voxels == (0..<24).map(Float.init))
        raw.voxelOffset = 4096
        #expect(
            try NIfTIFile.read(scratch.write(Gzip.stored(raw.file), as: "y.nii.gz")).volume.voxels
                == (0..<24).map(Float.init))
    }

    @Test func aFourthDimensionOfOneIsAccepted() throws {
        var raw = RawNIfTI()
        raw.dim = [5, 2, 3, 4, 1, 1, 0, 0]
        for n in 0..<24 { raw.append(Float(n)) }
        #expect(try NIfTIFile.read(scratch.write(raw.file, as: "4d.nii")).volume.grid.size == [2, 3, 4])
    }

    @Test func voxelsFollowTheHeaderWithTheFirstAxisFastest() throws {
        var raw = RawNIfTI()
        for n in 0..<24 { raw.append(Float(n)) }
        let volume = try NIfTIFile.read(scratch.write(raw.file, as: "order.nii")).volume
        #expect(volume[1, 0, 0] == 1)
        #expect(volume[0, 1, 0] == 2)
        #expect(volume[0, 0, 1] == 6)
        #expect(volume[1, 2, 3] == 23)
    }

    @Test func severalGzipMembersAreOneFile() throws {
        var raw = RawNIfTI()
        for n in 0..<24 { raw.append(Float(n)) }
        let file = raw.file
        let bytes = Gzip.stored(Array(file[..<360])) + Gzip.stored(Array(file[360...]))
        #expect(try NIfTIFile.read(scratch.write(bytes, as: "two.nii.gz")).volume.voxels.last == 23)
    }
}
