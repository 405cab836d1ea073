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
        expectRefusal(try leftSocket(scratch.file("s.nii")), .notAFile, "socket")
    }

    /// A socket with this name, as a running program leaves it in a folder.
    private func leftSocket(_ path: String) throws -> String {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The name has room for little more than 100 bytes: it is given relative to the folder.
        let url = URL(filePath: path)
        let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
        defer { close(folder) }
        let short = "/proc/self/fd/\(folder)/\(url.lastPathComponent)"
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: short.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
        }
        try #require(isBound)
        return path
    }

    @Test func symbolicLinksAreFollowed() throws {
        let file = try scratch.write(good().file, as: "real.nii")
        let link = scratch.file("link.nii")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        #expect(try NIfTIFile.read(link).volume.voxels.count == 125_000)
        let loose = scratch.file("loose.nii")
        try FileManager.default.createSymbolicLink(atPath: loose, withDestinationPath: scratch.file("nowhere"))
        expectRefusal(loose, .notFound, "which is not there")
        let circle = scratch.file("circle.nii")
        try FileManager.default.createSymbolicLink(atPath: circle, withDestinationPath: scratch.file("round.nii"))
        try FileManager.default.createSymbolicLink(atPath: scratch.file("round.nii"), withDestinationPath: circle)
        expectRefusal(circle, .notFound, "circle of symbolic links")
        let toFolder = scratch.file("to-folder.nii")
        try FileManager.default.createSymbolicLink(atPath: toFolder, withDestinationPath: scratch.path)
        expectRefusal(toFolder, .notAFile, "folder")
    }

    @Test func whatIsNoNIfTI() throws {
        expectRefusal(try scratch.write([], as: "empty.nii"), .truncated, "is empty")
        expectRefusal(try scratch.write([1], as: "one.nii"), .notNIfTI, "not a NIfTI")
        expectRefusal(
            try scratch.write(Array("just a text\nin lines".utf8), as: "text.nii"), .notNIfTI, "holds text")
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
            "is truncated: 200.0 kB of 500.0 kB of voxels could be read; copy the file again")
        expectRefusal(try scratch.write(Array(file[..<352]), as: "none.nii"), .truncated, "0 bytes of 500.0 kB")
        let compressed = Gzip.stored(file)
        expectRefusal(
            try scratch.write(Array(compressed[..<200_000]), as: "cut.nii.gz"), .truncated, "kB of 500.0 kB",
            inVoxels: true)
        expectRefusal(
            try scratch.write(Array(compressed.dropLast(3)), as: "tail.nii.gz"), .truncated, "last bytes are missing",
            inVoxels: true)
        expectRefusal(
            try scratch.write(Gzip.stored(Array(file[..<200_352])), as: "inner.nii.gz"), .truncated, "kB of 500.0 kB",
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
        raw.dim = [3, 1 << 11, 1 << 10, 1, 1, 1, 1, 1]
        expectRefusal(try scratch.write(Gzip.stored(raw.file), as: "flat.nii.gz"), .truncated, "cannot hold")
        raw.dim = [3, .max, .max, .max, 1, 1, 1, 1]
        expectRefusal(try scratch.write(raw.file, as: "overflow.nii"), .tooLarge, "limit")
    }

    @Test func dataThatAreNotDeclaredAreRefused() throws {
        var raw = RawNIfTI()
        raw.voxels = [UInt8](repeating: 0, count: 24 * 4 + 65536)
        for (name, bytes) in [("pad.nii", raw.file), ("pad.nii.gz", Gzip.stored(raw.file))] {
            #expect(try NIfTIFile.read(scratch.write(bytes, as: name)).findings.map(\.check) == ["trailing-bytes"])
        }
        raw.voxels.append(0)
        expectRefusal(try scratch.write(raw.file, as: "more.nii"), .invalidHeader, "more data than the 96 bytes")
        expectRefusal(
            try scratch.write(Gzip.stored(raw.file), as: "more.nii.gz"), .invalidHeader, "more data", inVoxels: true)
    }

    @Test func whatFollowsTheGzipStreamIsIgnored() throws {
        let stream = Gzip.stored(good().file)
        for tail: [UInt8] in [[0], [0x1f], [UInt8](repeating: 0, count: 5000), Array("garbage".utf8)] {
            let image = try NIfTIFile.read(scratch.write(stream + tail, as: "tail.nii.gz"))
            #expect(image.volume.voxels.count == 125_000)
        }
        // Another member counts: it has to be whole and right.
        expectRefusal(
            try scratch.write(stream + [0x1f, 0x8b, 8, 0], as: "member.nii.gz"), .truncated, "last bytes",
            inVoxels: true)
        expectRefusal(
            try scratch.write(stream + stream, as: "twice.nii.gz"), .invalidHeader, "more data", inVoxels: true)
    }

    @Test func unusualNames() throws {
        let long = String(repeating: "n", count: 251) + ".nii"
        for name in ["Müller-脳 🧠 T1.nii", " leading and trailing .nii", "-x.nii", "a%s%n.nii", "T1.NII", long] {
            #expect(try NIfTIFile.read(scratch.write(good().file, as: name)).volume.voxels.count == 125_000)
        }
        expectRefusal(scratch.file("n" + long), .notFound, "so long a name")
        expectRefusal(scratch.file(String(repeating: "folder/", count: 1000) + "a.nii"), .notFound, "so long a name")
    }

    @Test func aNameCannotBreakTheLine() throws {
        let path = try scratch.write([1, 2, 3], as: "two\nlines\u{1b}[31m.nii")
        let error = #expect(throws: VolumeError.self) { try NIfTIFile.read(path) }
        #expect(error?.message.contains("two?lines?[31m.nii") == true)
    }
}
