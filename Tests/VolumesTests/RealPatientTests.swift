import Foundation
import TestSupport
import Testing
import Volumes

private let openms = Fixtures.sharedData("openms/patient26")
private let tcga = Fixtures.sharedData("tcga/TCGA-DU-7294")

@Suite struct RealPatientTests {
    @Test(.enabled(if: openms != nil)) func openmsIsReadThroughItsQform() throws {
        let image = try NIfTIFile.read(#require(openms) + "/FLAIR.nii.gz")
        #expect(image.volume.grid.size == [182, 218, 182])
        #expect(image.header.affineSource == .qform)
        #expect(image.header.datatype == .float32)
        #expect(image.nonFiniteCount == 0)
        #expect(image.findings.isEmpty)
        #expect(image.volume.grid.orientationCode == "LAS")
        #expect(image.volume.grid.affine.origin == [90, -126, -72])
        // From nibabel.
        #expect(abs(image.volume.voxels.reduce(0) { $0 + Double($1) } - 87_529_347.1816237) < 1e-3)
    }

    @Test(.enabled(if: tcga != nil)) func anIntegerImageComesBackAsItWas() throws {
        let source = try #require(tcga) + "/TCGA-DU-7294_t1.nii.gz"
        let image = try NIfTIFile.read(source)
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/copy.nii.gz"
        try NIfTIFile.write(image.volume, like: image.header, to: path)
        let copy = try NIfTIFile.read(path)
        #expect(image.volume.grid.orientationCode == "LPS")
        #expect(image.volume.voxels.reduce(0) { $0 + Double($1) } == 452_300_905)
        #expect(copy.volume.voxels == image.volume.voxels)
        #expect(copy.volume.grid == image.volume.grid)
        #expect(copy.header.datatype == .int16)
    }
}
