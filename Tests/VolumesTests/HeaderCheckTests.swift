import TestSupport
import Testing
import Volumes

/// One damaged header and what must be said about it.
struct HeaderCase: Sendable, CustomTestStringConvertible {
    let check: String
    let severity: HeaderFinding.Severity
    let code: VolumeError.Code?
    let change: @Sendable (inout RawNIfTI) -> Void
    var testDescription: String { "\(check) \(severity)" }

    static func error(_ check: String, _ code: VolumeError.Code, _ change: @escaping @Sendable (inout RawNIfTI) -> Void)
        -> Self
    {
        Self(check: check, severity: .error, code: code, change: change)
    }

    static func note(
        _ check: String, _ severity: HeaderFinding.Severity, _ change: @escaping @Sendable (inout RawNIfTI) -> Void
    ) -> Self {
        Self(check: check, severity: severity, code: nil, change: change)
    }

    static let all: [HeaderCase] = [
        .error("magic", .notNIfTI) { $0.magic = [0x6e, 0x69, 0x31, 0] },
        .error("magic", .notNIfTI) { $0.magic = [0, 0, 0, 0] },
        .error("magic", .notNIfTI) { $0.magic = [0x6e, 0x2b, 0x31, 0x20] },
        .error("dimensions", .unsupported) { $0.dim[0] = 0 },
        .error("dimensions", .unsupported) { $0.dim[0] = 8 },
        .error("dimensions", .unsupported) { $0.dim[0] = -1 },
        .error("dimensions", .unsupported) { $0.dim[0] = .min },
        .error("dimensions", .unsupported) { $0.dim[0] = 3 << 8 },
        .error("dimensions", .unsupported) { $0.dim[0] = 2 },
        .error("dimensions", .unsupported) { $0.dim[1] = 0 },
        .error("dimensions", .unsupported) { $0.dim[3] = -5 },
        .error("dimensions", .unsupported) { ($0.dim[0], $0.dim[4]) = (4, 2) },
        .error("dimensions", .unsupported) { ($0.dim[0], $0.dim[5]) = (5, 3) },
        .error("dimensions", .unsupported) { $0.dim = [7, 2, 3, 4, 1, 1, 1, 2] },
        .error("intent", .unsupported) { ($0.intent, $0.dim) = (3001, [6, 1, 1, 1, 1, 8, 9, 1]) },
        .note("slices", .warning) { $0.dim = [3, 24, 1, 1, 1, 1, 1, 1] },
        .error("datatype", .unsupported) { $0.datatype = 128 },
        .error("datatype", .unsupported) { $0.datatype = 32 },
        .error("datatype", .unsupported) { $0.datatype = 1536 },
        .error("datatype", .unsupported) { $0.datatype = 7 },
        .note("bits-per-voxel", .warning) { $0.bitsPerVoxel = 8 },
        .error("voxel-count", .tooLarge) { $0.dim = [3, 32767, 32767, 32767, 1, 1, 1, 1] },
        .error("voxel-offset", .invalidHeader) { $0.voxelOffset = -16 },
        .error("voxel-offset", .invalidHeader) { $0.voxelOffset = 1e30 },
        .error("voxel-offset", .invalidHeader) { $0.voxelOffset = 2e9 },
        .error("voxel-offset", .invalidHeader) { $0.voxelOffset = .nan },
        .note("voxel-offset", .warning) { $0.voxelOffset = 0 },
        .note("voxel-offset", .warning) { $0.voxelOffset = 16 },
        .error("scaling", .invalidHeader) { $0.slope = .infinity },
        .error("scaling", .invalidHeader) { $0.slope = -.infinity },
        .error("scaling", .invalidHeader) { $0.intercept = .nan },
        .error("scaling", .invalidHeader) { $0.intercept = .infinity },
        .note("form-codes", .warning) { $0.sformCode = 77 },
        .note("form-codes", .warning) { $0.qformCode = -3 },
        .note("units", .info) { $0.units = 0 },
        .note("units", .info) { $0.units = 3 },
        .note("units", .warning) { $0.units = 6 },
        .note("pixdim", .warning) { $0.pixdim[2] = 0 },
        .note("pixdim", .warning) { $0.pixdim[2] = -1 },
        .error("pixdim", .invalidHeader) { ($0.pixdim[2], $0.sformCode) = (0, 0) },
        .note("qfac", .info) { ($0.pixdim[0], $0.qformCode) = (0, 1) },
        .note("qfac", .warning) { ($0.pixdim[0], $0.qformCode) = (5, 1) },
        .error("pixdim", .invalidHeader) { ($0.pixdim[3], $0.sformCode, $0.qformCode) = (.nan, 0, 1) },
        .error("pixdim", .invalidHeader) { ($0.pixdim[1], $0.sformCode) = (-.infinity, 0) },
        .error("quaternion", .invalidHeader) { ($0.quaternion[1], $0.qformCode, $0.sformCode) = (.infinity, 1, 0) },
        .note("quaternion", .warning) { ($0.quaternion[1], $0.qformCode) = (.nan, 1) },
        .note("quaternion", .warning) { ($0.quaternion[1], $0.qformCode) = (3, 1) },
        .error("affine", .invalidHeader) { $0.srow = [Double](repeating: 0, count: 12) },
        .error("affine", .invalidHeader) { $0.srow[3] = .nan },
        .error("affine", .invalidHeader) { $0.srow[11] = -.infinity },
        .error("affine", .invalidHeader) { $0.srow = [1, 1, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0] },
        .note("orientation", .warning) { $0.sformCode = 0 },
        .note("forms-agree", .info) { ($0.qformCode, $0.qoffset) = (1, [0, 9, 0]) },
        .note("voxel-size", .warning) { $0.srow[0] = 0.001 },
        .error("voxel-size", .invalidHeader) { $0.srow[0] = 1e-7 },
        .error("voxel-size", .invalidHeader) { $0.srow[5] = -3e30 },
        .error("voxel-size", .invalidHeader) { ($0.pixdim[3], $0.sformCode) = (1e30, 0) },
        .error("voxel-size", .invalidHeader) { ($0.pixdim[3], $0.sformCode, $0.qformCode) = (1e-30, 0, 1) },
        .error("position", .invalidHeader) { $0.srow[3] = 1e12 },
        .error("position", .invalidHeader) { ($0.qoffset[2], $0.qformCode, $0.sformCode) = (-3e38, 1, 0) },
        .note("shear", .warning) { $0.srow[1] = 0.5 },
        .note("spacing-agrees", .info) { $0.pixdim[1] = 2 },
    ]
}

@Suite struct HeaderCheckTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    @Test(arguments: HeaderCase.all, [1, 2])
    func everyCheckSpeaksAndReadingObeys(item: HeaderCase, version: Int) throws {
        var raw = RawNIfTI(version: version)
        raw.voxels = [UInt8](repeating: 0, count: 24 * 8)
        item.change(&raw)
        if version == 2, let magic = raw.magic {
            raw.magic = magic == [0x6e, 0x69, 0x31, 0] ? [0x6e, 0x69, 0x32, 0] : magic
        }
        let path = try scratch.write(raw.file, as: "case.nii")
        let findings = NIfTIFile.findings(path)
        let finding = try #require(
            findings.first { $0.check == item.check && $0.severity == item.severity }, "\(findings)")
        #expect(!finding.message.isEmpty)
        if let code = item.code {
            let error = #expect(throws: VolumeError.self) { try NIfTIFile.read(path) }
            #expect(error?.code == code)
            #expect(error?.message.hasPrefix(path) == true)
            #expect(error?.message.contains("\n") == false)
            #expect(error?.message == "\(path) \(finding.text)")
        } else {
            #expect(try NIfTIFile.read(path).findings.contains(finding))
        }
    }

    @Test(arguments: [1, 2], [false, true])
    func aFaultlessHeaderHasNoFindings(version: Int, isBigEndian: Bool) throws {
        var raw = RawNIfTI(version: version, isBigEndian: isBigEndian)
        raw.voxels = [UInt8](repeating: 0, count: 24 * 4)
        #expect(try NIfTIFile.findings(scratch.write(raw.file, as: "good.nii")).isEmpty)
    }

    @Test func trailingBytesAreReported() throws {
        var raw = RawNIfTI()
        raw.voxels = [UInt8](repeating: 0, count: 24 * 4 + 7)
        for (name, bytes) in [("t.nii", raw.file), ("t.nii.gz", Gzip.stored(raw.file))] {
            let findings = try NIfTIFile.read(scratch.write(bytes, as: name)).findings
            #expect(findings.map(\.check) == ["trailing-bytes"])
            #expect(findings[0].message.contains("7 bytes"))
        }
    }
}
