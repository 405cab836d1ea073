import Foundation
import Volumes

/// What must hold for every file whatsoever, looked at through the reader's public interface.
struct ReaderProbe {
    /// Something that must not happen.
    struct Fault: Error { let text: String }

    /// Reads a file twice. Returns the reason why it was refused, nil if it was read.
    ///
    /// - Parameters:
    ///   - content: the file's bytes before compression where they are known.
    ///   - writesBack: also writes what was read in the manner of the file, and reads that.
    static func examine(
        _ path: String, content: [UInt8]?, writesBack: Bool = false
    ) throws(Fault) -> VolumeError.Code? {
        let findings = NIfTIFile.findings(path)
        for finding in findings { try checkLine(finding.text) }
        let first = read(path)
        try compare(first, read(path))
        switch first {
        case .failure(let error):
            try checkLine(error.message)
            try expect(error.path == path && error.message.hasPrefix(path), "an error that does not name the file")
            return error.code
        case .success(let image):
            try expect(!findings.contains { $0.severity == .error }, "read in spite of an error among the findings")
            try checkImage(image)
            if let content { try checkSize(image, content) }
            if writesBack { try checkCopy(image, beside: path) }
            return nil
        }
    }

    private static func read(_ path: String) -> Result<NIfTIImage, VolumeError> {
        Result { () throws(VolumeError) in try NIfTIFile.read(path) }
    }

    private static func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws(Fault) {
        if !condition { throw Fault(text: text()) }
    }

    private static func checkLine(_ text: String) throws(Fault) {
        try expect(!text.isEmpty && text.utf8.count < 1000, "a message that is empty or very long: \(text)")
        let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
        try expect(
            isClean && !text.contains(where: \.isNewline), "control characters in a message: \(text.debugDescription)")
    }

    private static func compare(
        _ first: Result<NIfTIImage, VolumeError>, _ second: Result<NIfTIImage, VolumeError>
    ) throws(Fault) {
        switch (first, second) {
        case (.failure(let one), .failure(let other)): try expect(one == other, "two reasons for one file")
        case (.success(let one), .success(let other)):
            let isSame =
                one.volume.grid == other.volume.grid && one.findings == other.findings
                && zip(one.volume.voxels, other.volume.voxels).allSatisfy { $0.bitPattern == $1.bitPattern }
            try expect(isSame, "two readings that differ")
        default: throw Fault(text: "read once and refused once")
        }
    }

    private static func checkImage(_ image: NIfTIImage) throws(Fault) {
        let (volume, grid) = (image.volume, image.volume.grid)
        try expect(volume.voxels.count == grid.count && grid.size.min() > 0, "voxels that do not fit their grid")
        try expect(grid.affine.inverse() != nil, "an affine without inverse: \(grid.affine)")
        try expect(grid.spacing.min() > 0 && grid.spacing.max() < .infinity, "voxel sizes \(grid.spacing)")
        let count = volume.voxels.count { !$0.isFinite }
        try expect(image.nonFiniteCount == count, "a wrong count of voxels that are not finite")
        try checkLine("." + image.header.description)
        let world = volume.reorientedToRAS()
        try expect(world.grid.orientationCode == "RAS", "\(grid.affine) gives \(world.grid.orientationCode)")
        let back = world.reoriented(to: grid)
        let isSame = zip(back.voxels, volume.voxels).allSatisfy { $0.bitPattern == $1.bitPattern }
        try expect(isSame && back.grid == grid, "voxels lost on the way to RAS and back")
    }

    /// The size is the one that stands in the header, and the file held as many voxels.
    private static func checkSize(_ image: NIfTIImage, _ content: [UInt8]) throws(Fault) {
        let lengths = [false, true].map { content.load(width: 4, at: 0, $0) }
        guard let order = lengths.firstIndex(where: { $0 == 348 || $0 == 540 }) else {
            throw Fault(text: "read without a header's length")
        }
        let (offset, width) = lengths[order] == 348 ? (40, 2) : (16, 8)
        let size = (1...3).map { content.load(width: width, at: offset + $0 * width, order == 1) }
        try expect(SIMD3(size[0], size[1], size[2]) == image.volume.grid.size, "another size than in the header")
        let bytes = image.volume.voxels.count * image.header.datatype.byteCount
        try expect(bytes + lengths[order] + 4 <= content.count, "more voxels than the file holds")
    }

    private static func checkCopy(_ image: NIfTIImage, beside path: String) throws(Fault) {
        let copy = path + ".copy.nii"
        let back: NIfTIImage
        do {
            try NIfTIFile.write(image.volume, like: image.header, to: copy)
            back = try NIfTIFile.read(copy)
        } catch {
            let isExtreme = image.nonFiniteCount > 0 || image.volume.voxels.contains { $0 < -1e38 }
            let isReasonable = error.code == .unrepresentable && isExtreme
            return try expect(isReasonable, "cannot be written back: \(error.message)")
        }
        try expect(back.volume.grid.isClose(to: image.volume.grid), "a copy with another grid")
        try expect(back.volume.voxels.count == image.volume.voxels.count, "a copy of another size")
    }
}
