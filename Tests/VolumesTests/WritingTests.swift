import Foundation
import TestSupport
import Testing
import Volumes

@Suite struct WritingTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func header(_ datatype: NIfTIDatatype, version: Int = 1, _ change: (inout RawNIfTI) -> Void = { _ in })
        throws -> NIfTIHeader
    {
        var raw = RawNIfTI(version: version)
        raw.dim = [3, 7, 6, 5, 1, 1, 1, 1]
        raw.datatype = Int16(datatype.rawValue)
        raw.bitsPerVoxel = Int16(8 * datatype.byteCount)
        raw.voxels = [UInt8](repeating: 0, count: 210 * datatype.byteCount)
        change(&raw)
        return try NIfTIFile.readHeader(scratch.write(raw.file, as: "source.nii"))
    }

    /// Largest number an integer type can hold, in the steps that Float can tell apart.
    private static let levels: [NIfTIDatatype: Float] = [
        .uint8: 255, .int8: 127, .uint16: 65535, .int16: 32767, .uint32: 0x1p24, .int32: 0x1p24, .uint64: 0x1p24,
        .int64: 0x1p24,
    ]

    @Test(arguments: NIfTIDatatype.allCases, [1, 2])
    func everyDatatypeComesBackWithinItsResolution(datatype: NIfTIDatatype, version: Int) throws {
        let header = try header(datatype, version: version)
        var volume = SyntheticVolumes.random(header.grid, in: 0...1234.5, seed: UInt64(datatype.rawValue))
        for n in stride(from: 0, to: 210, by: 3) { volume.voxels[n] = 0 }
        volume.voxels[1] = 1234.5
        for name in ["out.nii", "out.nii.gz"] {
            try NIfTIFile.write(volume, like: header, to: scratch.file(name))
            let back = try NIfTIFile.read(scratch.file(name))
            #expect(back.header.version == version)
            #expect(back.header.datatype == datatype)
            #expect(back.header.description == "collagan")
            #expect(back.volume.grid == volume.grid)
            guard let levels = Self.levels[datatype] else {
                #expect(back.volume.voxels == volume.voxels)
                continue
            }
            let bound = Float(1234.5) / levels / 2 + Float(1234.5).ulp
            for (a, b) in zip(volume.voxels, back.volume.voxels) {
                #expect(abs(a - b) <= bound)
                if a == 0 { #expect(b == 0) }
            }
        }
    }

    @Test(arguments: NIfTIDatatype.allCases)
    func masksStayWhole(datatype: NIfTIDatatype) throws {
        let header = try header(datatype)
        let labels = Volume(grid: header.grid, voxels: (0..<210).map { Float($0 % 120) })
        try NIfTIFile.write(labels, like: header, to: scratch.file("labels.nii.gz"))
        let back = try NIfTIFile.read(scratch.file("labels.nii.gz"))
        #expect(back.volume.voxels == labels.voxels)
        #expect(back.header.slope == 1 && back.header.intercept == 0)
    }

    @Test(arguments: NIfTIDatatype.allCases, [Float(1), 1e-3, 1e30, 0x1p-130])
    func negativeValuesKeepZeroExact(datatype: NIfTIDatatype, scale: Float) throws {
        let header = try header(datatype)
        var volume = SyntheticVolumes.random(header.grid, in: -1...3, seed: 5)
        for n in 0..<210 { volume.voxels[n] = n % 4 == 0 ? 0 : volume.voxels[n] * scale }
        try NIfTIFile.write(volume, like: header, to: scratch.file("n.nii"))
        let back = try NIfTIFile.read(scratch.file("n.nii")).volume.voxels
        for n in 0..<210 where n % 4 == 0 { #expect(back[n] == 0) }
        let worst = zip(volume.voxels, back).map { abs($0 - $1) }.max() ?? 0
        // An unsigned type has to give levels away to both signs and takes a power of two for its step.
        #expect(worst <= max(scale * 4 / 127, 0x1p-126), "\(worst)")
    }

    @Test func nonFiniteVoxelsNeedAFloatingPointType() throws {
        let header = try header(.int16)
        var volume = SyntheticVolumes.random(header.grid, seed: 1)
        volume.voxels[3] = .nan
        let error = #expect(throws: VolumeError.self) {
            try NIfTIFile.write(volume, like: header, to: scratch.file("x.nii"))
        }
        #expect(error?.code == .unrepresentable)
        #expect(try scratch.names() == ["source.nii"])
        try NIfTIFile.write(volume, to: scratch.file("float.nii"))
        #expect(try NIfTIFile.read(scratch.file("float.nii")).nonFiniteCount == 1)
    }

    @Test func geometryFieldsAreKeptToTheBit() throws {
        let header = try header(.int16) {
            ($0.sformCode, $0.qformCode, $0.units) = (4, 2, 3)
            $0.pixdim = [-1, 900, 1100, 3000, 2.5, 0, 0, 0]
            $0.quaternion = [0.1, -0.2, 0.3]
            $0.qoffset = [-12345.678, 0.1, 7]
            $0.srow = [900.1, 3, 0, -77.7, 0, 1100.3, 2, 1.1, 5, 0, 3000.9, 3.3]
        }
        try NIfTIFile.write(SyntheticVolumes.random(header.grid, seed: 2), like: header, to: scratch.file("out.nii"))
        let (source, out) = try (scratch.bytes("source.nii"), scratch.bytes("out.nii"))
        #expect(source[76..<108] == out[76..<108], "pixdim")
        #expect(source[252..<328] == out[252..<328], "codes, quaternion, offset and sform")
        #expect(source[123] == out[123], "units")
    }

    @Test func aBigEndianSourceIsWrittenWithTheSameNumbers() throws {
        for version in [1, 2] {
            let header = try header(.int16, version: version) {
                $0.isBigEndian = true
                $0.srow = [0, 2, 0, 1, 3, 0, 0, 2, 0, 0, -4, 3]
            }
            #expect(header.byteOrder == .big)
            let volume = SyntheticVolumes.random(header.grid, seed: 3)
            try NIfTIFile.write(volume, like: header, to: scratch.file("out.nii"))
            let back = try NIfTIFile.read(scratch.file("out.nii"))
            #expect(back.volume.grid == header.grid)
            #expect(back.header.grid.affine.k == [0, 0, -4])
            #expect(zip(back.volume.voxels, volume.voxels).allSatisfy { abs($0 - $1) < 0.02 })
        }
    }

    @Test(arguments: [Int32(1), 2, 3])
    func anotherGridIsWrittenInTheSameWorld(units: Int32) throws {
        let header = try header(.float32) { ($0.sformCode, $0.qformCode, $0.units) = (0, 3, units) }
        let affine = Affine(i: [0, 2, 0], j: [0, 0, -3], k: [1.5, 0, 0], origin: [10, -20, 30])
        let volume = SyntheticVolumes.random(Grid(size: [4, 9, 3], affine: affine), seed: 4)
        try NIfTIFile.write(volume, like: header, to: scratch.file("out.nii.gz"))
        let back = try NIfTIFile.read(scratch.file("out.nii.gz"))
        #expect(back.volume.grid.isClose(to: volume.grid))
        #expect(back.header.sformCode == 3 && back.header.qformCode == 3)
        let qform = try #require(back.header.qform)
        #expect(Grid(size: volume.grid.size, affine: qform).isClose(to: volume.grid))
    }

    @Test func aVolumeWithoutASource() throws {
        let affine = Affine(i: [-0.9, 0.1, 0], j: [0.1, 0.9, 0], k: [0, 0, 3], origin: [1, 2, 3])
        let volume = SyntheticVolumes.random(Grid(size: [5, 4, 3], affine: affine), in: -1...1, seed: 6)
        try NIfTIFile.write(volume, to: scratch.file("a.nii.gz"))
        let back = try NIfTIFile.read(scratch.file("a.nii.gz"))
        #expect(back.volume.voxels == volume.voxels)
        #expect(back.volume.grid.isClose(to: volume.grid))
        #expect(back.header.version == 1 && back.header.datatype == .float32)
        #expect(back.header.sformCode == 1 && back.header.qformCode == 1)
        #expect(back.findings.isEmpty)
        let qform = try #require(back.header.qform)
        #expect(Grid(size: volume.grid.size, affine: qform).isClose(to: volume.grid))

        let sheared = Affine(i: [1, 0.2, 0], j: [0, 1, 0], k: [0, 0, 3], origin: .zero)
        try NIfTIFile.write(
            Volume(grid: Grid(size: [5, 4, 3], affine: sheared), voxels: volume.voxels), to: scratch.file("b.nii"))
        let other = try NIfTIFile.read(scratch.file("b.nii"))
        #expect(other.header.sformCode == 1 && other.header.qformCode == 0)

        let long = SyntheticVolumes.random(SyntheticVolumes.grid([40000, 1, 2]), seed: 7)
        try NIfTIFile.write(long, to: scratch.file("c.nii"))
        #expect(try NIfTIFile.readHeader(scratch.file("c.nii")).version == 2)
    }

    @Test func theSameInputGivesTheSameBytes() throws {
        let volume = SyntheticVolumes.random(SyntheticVolumes.grid([30, 20, 10]), seed: 8)
        try NIfTIFile.write(volume, to: scratch.file("a.nii.gz"))
        try NIfTIFile.write(volume, to: scratch.file("another-name.nii.gz"))
        let bytes = try scratch.bytes("a.nii.gz")
        #expect(try bytes == scratch.bytes("another-name.nii.gz"))
        #expect(Array(bytes[..<8]) == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0], "no flags, no name, no time")
    }

    @Test func nothingIsLeftBesideTheFile() throws {
        let volume = SyntheticVolumes.random(SyntheticVolumes.grid([3, 3, 3]), seed: 9)
        try NIfTIFile.write(volume, to: scratch.file("a.nii.gz"))
        try NIfTIFile.write(volume, to: scratch.file("a.nii.gz"))
        #expect(try scratch.names() == ["a.nii.gz"])
    }

    @Test func whatCannotBeWritten() throws {
        let volume = SyntheticVolumes.random(SyntheticVolumes.grid([3, 3, 3]), seed: 9)
        func refusal(_ path: String, _ volume: Volume) -> VolumeError? {
            #expect(throws: VolumeError.self) { try NIfTIFile.write(volume, to: path) }
        }
        #expect(refusal(scratch.file("absent/a.nii"), volume)?.message.contains("does not exist") == true)
        #expect(refusal(scratch.file("a.hdr"), volume)?.code == .wrongName)
        let flat = Grid(size: [3, 3, 3], affine: Affine(i: [1, 0, 0], j: [2, 0, 0], k: [0, 0, 1], origin: .zero))
        #expect(refusal(scratch.file("a.nii"), Volume(grid: flat, voxels: volume.voxels))?.code == .invalidHeader)
        try FileManager.default.createDirectory(atPath: scratch.file("d.nii/x"), withIntermediateDirectories: true)
        #expect(refusal(scratch.file("d.nii"), volume)?.message.contains("folder has this name") == true)
        #expect(try scratch.names() == ["d.nii"])
    }

    @Test(.enabled(if: getuid() != 0)) func aReadOnlyFolder() throws {
        let volume = SyntheticVolumes.random(SyntheticVolumes.grid([3, 3, 3]), seed: 9)
        chmod(scratch.path, 0o500)
        defer { chmod(scratch.path, 0o700) }
        let error = #expect(throws: VolumeError.self) { try NIfTIFile.write(volume, to: scratch.file("a.nii")) }
        #expect(error?.message.contains("read-only") == true)
    }
}
