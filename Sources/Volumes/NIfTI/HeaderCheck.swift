/// One rule about headers. Reading runs them in order and refuses a file at the first error; `inspect` shows everything they say.
struct HeaderCheck: Sendable {
    /// What a check found.
    enum Outcome {
        case error(String, String)
        case warning(String, String)
        case info(String)
    }

    let name: String
    /// The error that reading throws where this check finds one.
    let code: VolumeError.Code
    let examine: @Sendable (RawHeader) -> Outcome?

    init(
        _ name: String, _ code: VolumeError.Code = .invalidHeader,
        _ examine: @escaping @Sendable (RawHeader) -> Outcome?
    ) {
        (self.name, self.code, self.examine) = (name, code, examine)
    }

    /// Nil if the rule is kept.
    func finding(_ header: RawHeader) -> HeaderFinding? {
        switch examine(header) {
        case nil: nil
        case .error(let message, let remedy):
            HeaderFinding(check: name, severity: .error, message: message, remedy: remedy)
        case .warning(let message, let remedy):
            HeaderFinding(check: name, severity: .warning, message: message, remedy: remedy)
        case .info(let message):
            HeaderFinding(check: name, severity: .info, message: message, remedy: "")
        }
    }

    /// Every check, in the order in which they are run: a check may count on those before it having found no error.
    static let all: [HeaderCheck] = format + storage + geometry
}

extension HeaderCheck {
    /// Is it a single-file NIfTI image of three dimensions?
    static let format: [HeaderCheck] = [
        HeaderCheck("magic", .notNIfTI) { header in
            let text = String(decoding: header.magic.prefix(3), as: UTF8.self)
            let version = header.version == 1 ? "1" : "2"
            if text == "ni\(version)" {
                return .error("is the header of a two-file image (.hdr and .img)", "convert it to one .nii.gz file")
            }
            if header.version == 1 && !header.magic.prefix(2).elementsEqual(Array("n+".utf8)) {
                return .error(
                    "is no NIfTI file (ANALYZE 7.5, or a damaged header): its magic string is missing",
                    "convert it to NIfTI")
            }
            let expected = header.version == 1 ? Array("n+1\0".utf8) : Array("n+2\0\r\n\u{1a}\n".utf8)
            if !header.magic.starts(with: expected) {
                return .error("has a damaged magic string, as after a transfer in text mode", "copy the file again")
            }
            return nil
        },
        HeaderCheck("intent", .unsupported) { header in
            guard (3000..<3100).contains(header.intentCode) else { return nil }
            return .error(
                "is a CIFTI file: values on the cortical surface, no image (intent code \(header.intentCode))",
                "give a volume")
        },
        HeaderCheck("dimensions", .unsupported) { header in
            let rank = header.dim[0]
            if !(1...7).contains(rank) {
                return .error(
                    "says it has \(rank) dimensions, which is impossible: the header is damaged", "copy the file again")
            }
            if let bad = (1...rank).first(where: { header.dim[$0] < 1 }) {
                return .error(
                    "has size \(header.dim[bad]) along dimension \(bad): the header is damaged", "copy the file again")
            }
            if rank < 3 {
                return .error("holds a single \(rank)-D image", "a 3-D volume is needed")
            }
            if rank > 3, let more = (4...rank).first(where: { header.dim[$0] > 1 }) {
                return .error(
                    "holds \(header.dim[more]) volumes along dimension \(more)",
                    "extract the one 3-D volume that is meant")
            }
            return nil
        },
        HeaderCheck("synthetic") { header in
            guard header.description.hasPrefix(SyntheticMark.word) else { return nil }
            return .warning(
                "says of itself: '\(header.description)'", "do not use it where an acquired image is meant")
        },
        HeaderCheck("slices") { header in
            guard let size = header.size, size.min() == 1 else { return nil }
            return .warning(
                "has only one voxel along an axis (\(size.x) × \(size.y) × \(size.z))", "check that it is a volume")
        },
    ]

    /// Can its voxels be found and understood?
    static let storage: [HeaderCheck] = [
        HeaderCheck("datatype", .unsupported) { header in
            if header.datatype != nil { return nil }
            guard let name = NIfTIDatatype.name(ofCode: header.datatypeCode) else {
                return .error(
                    "has the unknown datatype code \(header.datatypeCode): the header is damaged", "copy the file again"
                )
            }
            return .error(
                "has voxels of datatype \(name)", "convert it to one grey value per voxel (integer, float32 or float64)"
            )
        },
        HeaderCheck("bits-per-voxel") { header in
            guard let datatype = header.datatype, header.bitsPerVoxel != 8 * datatype.byteCount else { return nil }
            return .warning(
                "says \(header.bitsPerVoxel) bits per voxel, but its datatype \(datatype) has \(8 * datatype.byteCount)",
                "the datatype was believed")
        },
        HeaderCheck("voxel-count", .tooLarge) { header in
            guard header.size != nil else { return nil }
            if let count = header.voxelCount, count <= NIfTIFile.largestVoxelCount { return nil }
            let size = (1...3).map { "\(header.dim[$0])" }.joined(separator: " × ")
            return .error(
                "says it holds \(size) voxels, more than the limit of 2³¹", "check the file; resample it if it is right"
            )
        },
        HeaderCheck("voxel-offset") { header in
            guard let offset = header.dataOffset else {
                return .error(
                    "says its voxels start at byte \(header.voxelOffset): the header is damaged", "copy the file again")
            }
            if header.voxelOffset < Double(header.smallestOffset) {
                return .warning("says its voxels start inside its header", "they were read from byte \(offset)")
            }
            if header.voxelOffset != header.voxelOffset.rounded() {
                return .warning(
                    "says its voxels start at byte \(header.voxelOffset)", "they were read from byte \(offset)")
            }
            return nil
        },
        HeaderCheck("scaling") { header in
            let (slope, intercept) = (header.slope, header.intercept)
            if slope == 0 || slope.isNaN { return nil }
            if slope.isFinite && intercept.isFinite { return nil }
            return .error(
                "scales its voxels by \(slope) and \(intercept): the header is damaged",
                "set scl_slope and scl_inter to 1 and 0")
        },
    ]
}
