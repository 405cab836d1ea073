import Foundation
import TestSupport
import Testing
import Volumes

/// Images that say inside themselves that they were computed.
struct SyntheticMarkTests {
    private static let mark = SyntheticMark("T2, not acquired", comment: #"{"synthetic":true,"contrast":"T2"}"#)

    private func place() throws -> (folder: URL, path: (String) -> String) {
        let folder = try Fixtures.temporaryFolder()
        return (folder, { folder.appending(path: $0).path })
    }

    private func volume() -> Volume {
        let affine = Affine(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 2], origin: [-3, -4, 5])
        return Volume(grid: Grid(size: [4, 5, 3], affine: affine), voxels: (0..<60).map { Float($0) })
    }

    @Test(arguments: ["image.nii", "image.nii.gz"])
    func aMarkedImageSaysSoAndReadsAsBefore(_ name: String) throws {
        let (folder, path) = try place()
        defer { try? FileManager.default.removeItem(at: folder) }
        try NIfTIFile.write(volume(), to: path("plain.nii"))
        let plain = try NIfTIFile.read(path("plain.nii"))
        #expect(try NIfTIFile.comment(path("plain.nii")) == nil)
        #expect(plain.header.description == "collagan" && plain.findings.isEmpty)

        try NIfTIFile.write(plain.volume, like: plain.header, marked: Self.mark, to: path(name))
        let marked = try NIfTIFile.read(path(name))
        #expect(marked.volume.voxels == plain.volume.voxels)
        #expect(marked.volume.grid == plain.volume.grid)
        #expect(marked.header.description == "synthetic T2, not acquired")
        #expect(try NIfTIFile.comment(path(name)) == #"{"synthetic":true,"contrast":"T2"}"#)
        #expect(marked.findings.map(\.check) == ["synthetic"])
        #expect(marked.findings[0].text.contains("not acquired"))

        // A file written like it, of no mark, has none.
        try NIfTIFile.write(marked.volume, like: marked.header, to: path("after.nii"))
        #expect(try NIfTIFile.comment(path("after.nii")) == nil)
        #expect(try NIfTIFile.read(path("after.nii")).findings.isEmpty)
    }

    /// A header that is longer than what there is room for, and lists of extensions that lie.
    @Test func damagedExtensionsAreNoComment() throws {
        let (folder, path) = try place()
        defer { try? FileManager.default.removeItem(at: folder) }
        try NIfTIFile.write(volume(), to: path("plain.nii"))
        let header = try NIfTIFile.read(path("plain.nii")).header
        let long = SyntheticMark(String(repeating: "x", count: 200), comment: "c")
        try NIfTIFile.write(volume(), like: header, marked: long, to: path("long.nii"))
        #expect(try NIfTIFile.read(path("long.nii")).header.description.utf8.count == 79)

        try NIfTIFile.write(volume(), like: header, marked: Self.mark, to: path("marked.nii"))
        let whole = try Data(contentsOf: folder.appending(path: "marked.nii"))
        for size: Int32 in [0, 7, -16, 8, 1 << 20, .max, .min] {
            var bytes = whole
            withUnsafeBytes(of: size) { bytes.replaceSubrange(352..<356, with: $0) }
            try bytes.write(to: folder.appending(path: "damaged.nii"))
            #expect([nil, ""].contains(try NIfTIFile.comment(path("damaged.nii"))), "\(size)")
            #expect(try NIfTIFile.read(path("damaged.nii")).volume.voxels == volume().voxels)
        }
    }
}
