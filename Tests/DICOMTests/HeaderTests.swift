import TestSupport
import Testing
import Volumes

import DICOM

/// Reading the header of one file.
struct HeaderTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private var sample: DICOMDataSet {
        var data = DICOMDataSet()
        data.set(0x0008_0008, "CS", "ORIGINAL\\PRIMARY")
        data.set(0x0008_0060, "CS", "MR")
        data.set(0x0008_103E, "LO", "AX T1 FSE")
        data.set(0x0010_0020, "LO", "P1")
        data.set(0x0018_0080, "DS", "550.5")
        data.set(0x0018_0081, "DS", " 12 ")
        data.set(0x0020_000D, "UI", "1.2.3")
        data.set(0x0020_000E, "UI", "1.2.3.4")
        data.set(0x0020_0011, "IS", "8")
        data.set(0x0020_0032, "DS", "-1.5\\2\\3e1")
        data.set(0x0028_0010, 320)
        data.set(0x0028_0011, 256)
        data.set(0x7FE0_0010, "OW", [UInt8](repeating: 7, count: 64))
        return data
    }

    private func header(_ bytes: [UInt8]) throws -> SliceHeader? { try SliceHeader(scratch.write(bytes, as: "x")) }

    private func expectSample(_ header: SliceHeader?) throws {
        let header = try #require(header)
        #expect(header.series == "1.2.3.4" && header.number == 8 && header.description == "AX T1 FSE")
        #expect(header.repetitionTime == 550.5 && header.echoTime == 12 && header.inversionTime == nil)
        #expect(header.rows == 320 && header.columns == 256 && header.position == [-1.5, 2, 30])
        #expect(header.imageType == ["ORIGINAL", "PRIMARY"] && header.frames == 1)
    }

    @Test(arguments: ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.70"])
    func elementsAreReadInEverySyntax(_ syntax: String) throws {
        try expectSample(header(sample.file(syntax: syntax)))
    }

    /// Elements inside of sequences are not the image's own, however the sequences are nested and closed.
    @Test(arguments: [true, false]) func sequencesAreSkipped(_ isExplicit: Bool) throws {
        var inner = DICOMDataSet()
        inner.set(0x0018_0080, "DS", "9999")
        inner.set(0x0020_000E, "UI", "9.9")
        var outer = DICOMDataSet()
        outer.set(0x0008_1140, "SQ", inner.asSequence(isExplicit: isExplicit))
        var data = sample
        data.set(0x0008_1140, "SQ", outer.asSequence(isExplicit: isExplicit))
        data.set(0x0018_9999, "SQ", [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0])
        try expectSample(header(data.file(syntax: isExplicit ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2")))
    }

    @Test func whatIsNotDICOMIsNone() throws {
        #expect(try header([]) == nil)
        #expect(try header([UInt8](repeating: 65, count: 1000)) == nil)
        #expect(throws: DICOMError.self) { try SliceHeader(scratch.file("nothing")) }
        #expect(throws: DICOMError.self) { try SliceHeader(scratch.path) }
    }

    @Test(arguments: ["1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"])
    func otherSyntaxesAreRefused(_ syntax: String) throws {
        let error = #expect(throws: DICOMError.self) { try header(sample.file(syntax: syntax)) }
        #expect(error?.code == .unsupported && error?.message.contains("dcmconv") == true)
    }

    /// A header that ends early is refused; only the pixels may be missing.
    @Test func everyTruncationIsRefusedOrHarmless() throws {
        let whole = sample.file()
        let pixels = whole.count - 64
        for length in 132..<whole.count {
            do {
                let read = try header(Array(whole[..<length]))
                if length >= pixels { try expectSample(read) }
            } catch let error as DICOMError {
                #expect(error.code == .malformed && length < pixels)
            }
        }
    }

    /// Whatever the bytes: an error or a header, in little memory, without end in sight being passed.
    @Test func damagedFilesNeitherCrashNorHang() throws {
        var nested = DICOMDataSet()
        nested.set(0x0018_0080, "DS", "1")
        for _ in 0..<40 {
            var outer = DICOMDataSet()
            outer.set(0x0008_1140, "SQ", nested.asSequence(isExplicit: true))
            nested = outer
        }
        var deep = sample
        deep.set(0x0008_1140, "SQ", nested.asSequence(isExplicit: true))
        let error = #expect(throws: DICOMError.self) { try header(deep.file()) }
        #expect(error?.code == .malformed && error?.message.contains("nested") == true)

        var random = SplitMix64(seed: 18)
        var data = sample
        data.set(0x0008_1140, "SQ", sample.asSequence(isExplicit: true))
        for syntax in ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"] {
            let whole = data.file(syntax: syntax)
            for _ in 0..<1500 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let place = Int.random(in: 132..<bytes.count, using: &random)
                    let any = UInt8.random(in: 0...255, using: &random)
                    bytes[place] = [0, 0xFF, 0xFE, any][Int.random(in: 0...3, using: &random)]
                }
                do {
                    _ = try header(bytes)
                } catch let error as DICOMError {
                    #expect(!error.message.contains("\n"))
                }
            }
        }
    }
}
