import TestSupport
import Testing
import Volumes

/// A file of another kind under a NIfTI file's name, and what its refusal must say.
struct ForeignFile: Sendable, CustomTestStringConvertible {
    let name: String
    let start: [UInt8]
    let offset: Int
    let words: String
    var testDescription: String { "\(words) as \(name)" }

    init(_ name: String, _ start: [UInt8], at offset: Int = 0, _ words: String) {
        self.name = name
        self.start = start
        self.offset = offset
        self.words = words
    }

    init(_ name: String, _ start: String, at offset: Int = 0, _ words: String) {
        self.init(name, Array(start.utf8), at: offset, words)
    }

    static let all = [
        ForeignFile("T1.nii.gz", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
        ForeignFile("T1.nii.gz", "/annex/objects/MD5E-s1--0.nii.gz\n", "git annex get"),
        ForeignFile("T1.nii.gz", "<!DOCTYPE html><title>Sign in</title>", "download it again"),
        ForeignFile("T1.gii", "<!DOCTYPE GIFTI SYSTEM \"gifti.dtd\">", "XML"),
        ForeignFile("T1.nii", "<?xml version=\"1.0\"?>", "XML"),
        ForeignFile("T1.nii.gz", "BZh91AY&SY", "bzip2"),
        ForeignFile("T1.nii.gz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0], "xz"),
        ForeignFile("T1.nii.gz", [0x28, 0xb5, 0x2f, 0xfd, 4, 0], "zstd"),
        ForeignFile("T1.nii.gz", [0x50, 0x4b, 3, 4, 20, 0], "unpack it"),
        ForeignFile("T1.nii", "DICM", at: 128, "dcm2niix"),
        ForeignFile("T1.nii", "NRRD0004\n", "NRRD"),
        ForeignFile("T1.nii", "ObjectType = Image\n", "MetaImage"),
        ForeignFile("T1.nii", "MATRIX72v", "ECAT"),
        ForeignFile("T1.nii", "CDF\u{1}", "MINC"),
        ForeignFile("T1.nii", [0x89] + Array("HDF\r\n\u{1a}\n".utf8), "HDF5"),
        ForeignFile("T1.nii", "n+1\0", at: 344, "348 bytes"),
        ForeignFile("T1.nii", "subject,age,sex,diagnosis\n01,44,f,MS\n", "holds text"),
        ForeignFile("T1.img", [0, 0, 3, 0, 9], "two-file image"),
        ForeignFile("orig.mgh", [0, 0, 0, 1, 0, 0, 1, 0], "FreeSurfer"),
        ForeignFile("T1.nii", [1, 2, 3, 4, 5, 6], "not a NIfTI file"),
    ]
}

@Suite struct ForeignFormatTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private func refusal(_ bytes: [UInt8], _ name: String) throws -> VolumeError? {
        let path = try scratch.write(bytes, as: name)
        let error = #expect(throws: VolumeError.self) { try NIfTIFile.read(path) }
        #expect(NIfTIFile.findings(path).contains { $0.severity == .error })
        return error
    }

    @Test(arguments: ForeignFile.all)
    func isCalledByItsName(_ file: ForeignFile) throws {
        let isText = file.offset == 0 && file.start.allSatisfy { $0 >= 10 && $0 < 127 }
        let padding = [UInt8](repeating: 0xfe, count: 512 - file.offset - file.start.count)
        let bytes = [UInt8](repeating: 0xfe, count: file.offset) + file.start + (isText ? [] : padding)
        for (name, content) in [(file.name, bytes), (file.name + ".gz", Gzip.stored(bytes))] {
            // Compressed text or the like under a name without ".gz" says the same.
            guard name == file.name || file.name.hasSuffix(".nii") else { continue }
            let error = try refusal(content, name)
            #expect(error?.code == .notNIfTI)
            #expect(error?.message.contains(file.words) == true, "\(error?.message ?? "")")
        }
    }

    @Test func aDICOMFileThatBeginsLikeAHeader() throws {
        var bytes = [UInt8](repeating: 0, count: 400)
        bytes.replaceSubrange(0..<4, with: [0x5c, 1, 0, 0])
        bytes.replaceSubrange(128..<132, with: Array("DICM".utf8))
        #expect(try refusal(bytes, "T1.nii")?.message.contains("dcm2niix") == true)
    }

    @Test func compressedTwice() throws {
        var raw = RawNIfTI()
        raw.voxels = [UInt8](repeating: 0, count: 96)
        let error = try refusal(Gzip.stored(Gzip.stored(raw.file)), "T1.nii.gz")
        #expect(error?.message.contains("decompress it once") == true)
    }

    @Test func aHeaderOfATwoFileImage() throws {
        var raw = RawNIfTI()
        raw.magic = Array("ni1\0".utf8)
        #expect(try refusal(Array(raw.file[..<348]), "T1.hdr")?.message.contains(".hdr and .img") == true)
        raw.magic = [0, 0, 0, 0]
        #expect(try refusal(Array(raw.file[..<348]), "T1.hdr")?.message.contains("ANALYZE 7.5") == true)
    }
}
