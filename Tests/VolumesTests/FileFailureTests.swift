import Foundation
import TestSupport
import Testing
import Volumes

@Suite struct FileFailureTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func expectRefusal(
        _ path: String, _ code: VolumeError.Code, _ text: String, inVoxels: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: VolumeError.self, sourceLocation: sourceLocation) { try NIfTIFile.read(path) }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.path == path, sourceLocation: sourceLocation)
        let message = error?.description ?? ""
        #expect(message.contains(text), "\(message)", sourceLocation: sourceLocation)
        #expect(message.allSatisfy { !$0.isNewline }, sourceLocation: sourceLocation)
        // The findings are about the header: they do not see damage among compressed voxels.
        #expect(NIfTIFile.findings(path).contains { $0.severity == .error } != inVoxels, sourceLocation: sourceLocation)
    }

    private func good() -> RawNIfTI {
        var raw = RawNIfTI()
        raw.dim = [3, 50, 50, 50, 1, 1, 1, 1]
        raw.voxels = (0..<500_000).map { UInt8(truncatingIfNeeded: ($0 * 7919) >> 5) & 0x3f }
        return raw
    }

    @Test func whatIsNoFile() throws {
        expectRefusal(scratch.file("absent.nii"), .notFound, "does not exist")
        expectRefusal(scratch.file("absent/T1.nii"), .notFound, "does not exist")
        expectRefusal("", .notFound, "no file")
        expectRefusal("a\0b.nii", .notFound, "no file")
        let folder = scratch.file("folder.nii")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        expectRefusal(folder, .notAFile, "folder")
        let pipe = scratch.file("pipe.nii.gz")
        #expect(mkfifo(pipe, 0o600) == 0)
        expectRefusal(pipe, .notAFile, "pipe")
        expectRefusal("/dev/zero", .notAFile, "device")
    }

    @Test func symbolicLinksAreFollowed() throws {
        let file = try scratch.write(good().file, as: "real.nii")
        let link = scratch.file("link.nii")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        #expect(try NIfTIFile.read(link).volume.voxels.count == 125_000)
        let loose = scratch.file("loose.nii")
        try FileManager.default.createSymbolicLink(atPath: loose, withDestinationPath: scratch.file("nowhere"))
        expectRefusal(loose, .notFound, "does not exist")
    }

    @Test func whatIsNoNIfTI() throws {
        expectRefusal(try scratch.write([], as: "empty.nii"), .truncated, "is empty")
        expectRefusal(try scratch.write([1], as: "one.nii"), .notNIfTI, "not a NIfTI")
        expectRefusal(try scratch.write(Array("just a text\nin lines".utf8), as: "text.nii"), .notNIfTI, "not a NIfTI")
        expectRefusal(try scratch.write(Gzip.stored(Array("text".utf8)), as: "text.nii.gz"), .notNIfTI, "not a NIfTI")
        expectRefusal(try scratch.write(Array(good().file[..<200]), as: "short.nii"), .truncated, "within its header")
    }

    @Test func theNameMustSayWhatTheContentIs() throws {
        expectRefusal(try scratch.write(Gzip.stored(good().file), as: "a.nii"), .wrongName, "rename it to .nii.gz")
        expectRefusal(try scratch.write(good().file, as: "b.nii.gz"), .wrongName, "not gzip-compressed")
    }

    @Test(.enabled(if: getuid() != 0)) func aFileWithoutPermission() throws {
        let path = try scratch.write(good().file, as: "secret.nii")
        chmod(path, 0)
        expectRefusal(path, .unreadable, "may not be read")
    }

    @Test func truncatedVoxels() throws {
        let file = good().file
        expectRefusal(
            try scratch.write(Array(file[..<200_352]), as: "cut.nii"), .truncated,
            "is truncated: 0.2 MB of 0.5 MB of voxels could be read; copy the file again")
        expectRefusal(try scratch.write(Array(file[..<352]), as: "none.nii"), .truncated, "0 bytes of 0.5 MB")
        let compressed = Gzip.stored(file)
        expectRefusal(
            try scratch.write(Array(compressed[..<200_000]), as: "cut.nii.gz"), .truncated, "0.2 MB of 0.5 MB",
            inVoxels: true)
        expectRefusal(
            try scratch.write(Array(compressed.dropLast(3)), as: "tail.nii.gz"), .truncated, "last bytes are missing",
            inVoxels: true)
        expectRefusal(
            try scratch.write(Gzip.stored(Array(file[..<200_352])), as: "inner.nii.gz"), .truncated, "0.2 MB of 0.5 MB",
            inVoxels: true)
    }

    @Test func damagedCompression() throws {
        var bytes = Gzip.stored(good().file)
        bytes[300_000] ^= 4
        expectRefusal(try scratch.write(bytes, as: "bit.nii.gz"), .corrupt, "damaged", inVoxels: true)
        bytes = Gzip.stored(good().file)
        bytes[bytes.count - 5] ^= 1
        expectRefusal(try scratch.write(bytes, as: "sum.nii.gz"), .corrupt, "damaged", inVoxels: true)
    }

    @Test func aHeaderThatPromisesTooMuchTakesNoMemory() throws {
        var raw = RawNIfTI(version: 2)
        raw.dim = [3, 1 << 11, 1 << 10, 1 << 10, 1, 1, 1, 1]
        expectRefusal(try scratch.write(Gzip.stored(raw.file), as: "liar.nii.gz"), .truncated, "cannot hold")
        expectRefusal(try scratch.write(raw.file, as: "liar.nii"), .truncated, "0 bytes of")
        raw.dim = [3, .max, .max, .max, 1, 1, 1, 1]
        expectRefusal(try scratch.write(raw.file, as: "overflow.nii"), .tooLarge, "limit")
    }

    @Test func aNameCannotBreakTheLine() throws {
        let path = try scratch.write([1, 2, 3], as: "two\nlines\u{1b}[31m.nii")
        let error = #expect(throws: VolumeError.self) { try NIfTIFile.read(path) }
        #expect(error?.message.contains("two?lines?[31m.nii") == true)
    }
}
