import TestSupport
import Testing
import Volumes

@Suite struct GeometryReadingTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func header(_ change: (inout RawNIfTI) -> Void) throws -> NIfTIHeader {
        var raw = RawNIfTI()
        raw.voxels = [UInt8](repeating: 0, count: 24 * 4)
        change(&raw)
        return try NIfTIFile.readHeader(scratch.write(raw.file, as: "g.nii"))
    }

    private func expectClose(_ affine: Affine, _ expected: Affine, sourceLocation: SourceLocation = #_sourceLocation) {
        let size = SIMD3(100, 100, 100)
        #expect(
            Grid(size: size, affine: affine).isClose(to: Grid(size: size, affine: expected), tolerance: 1e-4),
            "\(affine)",
            sourceLocation: sourceLocation)
    }

    private let half = 0.5.squareRoot()

    @Test(arguments: [1, 2], [false, true])
    func aQuarterTurnAboutZ(version: Int, isBigEndian: Bool) throws {
        let header = try header {
            ($0.version, $0.isBigEndian) = (version, isBigEndian)
            ($0.qformCode, $0.sformCode) = (1, 0)
            $0.quaternion = [0, 0, half]
            $0.qoffset = [10, 20, 30]
            $0.pixdim = [1, 2, 3, 4, 1, 1, 1, 1]
        }
        #expect(header.affineSource == .qform)
        expectClose(header.grid.affine, Affine(i: [0, 2, 0], j: [-3, 0, 0], k: [0, 0, 4], origin: [10, 20, 30]))
        #expect(header.grid.orientationCode == "ALS")
    }

    @Test func aThirdOfATurnAboutTheDiagonal() throws {
        let header = try header {
            ($0.qformCode, $0.sformCode) = (2, 0)
            $0.quaternion = [0.5, 0.5, 0.5]
            $0.pixdim = [1, 2, 3, 4, 1, 1, 1, 1]
        }
        expectClose(header.grid.affine, Affine(i: [0, 2, 0], j: [0, 0, 3], k: [4, 0, 0], origin: .zero))
    }

    @Test func qfacTurnsTheThirdAxisRound() throws {
        let header = try header {
            ($0.qformCode, $0.sformCode) = (1, 0)
            $0.quaternion = [0, 1, 0]
            $0.pixdim = [-1, 2, 3, 4, 1, 1, 1, 1]
        }
        // Half a turn about y reverses x and z; qfac -1 reverses k again.
        expectClose(header.grid.affine, Affine(i: [-2, 0, 0], j: [0, 3, 0], k: [0, 0, 4], origin: .zero))
        #expect(header.grid.orientationCode == "LAS")
    }

    @Test func theSformWinsIfItsCodeIsPositive() throws {
        func both(_ sformCode: Int32, _ qformCode: Int32) throws -> NIfTIHeader {
            try header {
                ($0.sformCode, $0.qformCode) = (sformCode, qformCode)
                $0.srow = [-1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7]
                $0.qoffset = [50, 60, 70]
                $0.pixdim = [1, 2, 2, 2, 1, 1, 1, 1]
            }
        }
        #expect(try both(4, 1).affineSource == .sform)
        #expect(try both(4, 1).grid.affine.origin == [5, 6, 7])
        #expect(try both(0, 1).grid.affine.origin == [50, 60, 70])
        #expect(try both(-1, 1).affineSource == .qform)
        let bare = try both(0, 0)
        #expect(bare.affineSource == .pixdim)
        #expect(bare.grid.affine == Affine(i: [2, 0, 0], j: [0, 2, 0], k: [0, 0, 2], origin: .zero))
        #expect(bare.sform == nil && bare.qform == nil)
    }

    @Test(arguments: [(1, 0.001), (2, 1), (3, 1000), (2 + 8, 1), (0, 1), (5, 1)] as [(Int32, Double)])
    func lengthsBecomeMillimetres(units: Int32, perMillimetre: Double) throws {
        for sformCode: Int32 in [0, 1] {
            let header = try header {
                $0.units = units
                ($0.sformCode, $0.qformCode) = (sformCode, 1)
                $0.pixdim = [1, perMillimetre, perMillimetre, 3 * perMillimetre, 1, 1, 1, 1]
                $0.qoffset = [-90, 0, 40].map { $0 * perMillimetre }
                $0.srow = [1, 0, 0, -90, 0, 1, 0, 0, 0, 0, 3, 40].map { $0 * perMillimetre }
            }
            expectClose(header.grid.affine, Affine(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 3], origin: [-90, 0, 40]))
        }
    }

    @Test func aGoodSformMakesUpForBadPixdim() throws {
        for bad in [0, Double.nan, .infinity] {
            let header = try header { $0.pixdim = [1, bad, 1, 1, 1, 1, 1, 1] }
            #expect(header.spacing == [1, 1, 1])
            #expect(throws: VolumeError.self) {
                try self.header {
                    $0.pixdim = [1, bad, 1, 1, 1, 1, 1, 1]
                    ($0.sformCode, $0.qformCode) = (0, 1)
                }
            }
        }
    }

    @Test func singularAndNonFiniteAffinesAreRefused() {
        for row: [Double] in [[0, 0, 0, 0], [0, 2, 0, 0], [.nan, 0, 0, 0], [1, 0, 0, .infinity]] {
            #expect(throws: VolumeError.self) { try self.header { $0.srow.replaceSubrange(0..<4, with: row) } }
        }
        #expect(throws: VolumeError.self, "i and j almost parallel") {
            try self.header { $0.srow = [1, 1, 0, 0, 0, 1e-9, 0, 0, 0, 0, 1, 0] }
        }
        #expect(throws: VolumeError.self) {
            try self.header {
                ($0.sformCode, $0.qformCode) = (0, 1)
                $0.quaternion = [.nan, 0, 0]
            }
        }
    }
}
