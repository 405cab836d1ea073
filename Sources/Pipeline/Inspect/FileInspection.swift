import Foundation
import Patients
import Preprocessing
import Volumes

/// What a NIfTI file holds, for `inspect`.
package struct FileInspection: Encodable, Sendable {
    /// One remark of the header checks.
    package struct Finding: Encodable, Sendable {
        package let check: String
        /// "error", "warning" or "info".
        package let severity: String
        package let text: String
    }

    /// Where the voxels are.
    package struct Geometry: Encodable, Sendable {
        package let size: [Int]
        /// mm along the storage axes.
        package let spacing: [Double]
        /// Orientation code of the storage axes, e.g. "LPI".
        package let orientation: String
        /// World position in mm (RAS+) of the first voxel.
        package let origin: [Double]
        /// "sform", "qform" or "pixdim".
        package let affineFrom: String
        package let qformCode: Int
        package let sformCode: Int
        package let datatype: String
        package let slope: Double
        package let intercept: Double
        package let version: Int
    }

    /// What the voxels hold.
    package struct Intensities: Encodable, Sendable {
        /// Of the finite voxels; nil if there are none.
        package let minimum: Double?
        package let maximum: Double?
        package let mean: Double?
        /// 99.5th percentile of the voxels above 0; nil if there are none.
        package let percentile995: Double?
        /// Fraction of voxels above 0.
        package let positive: Double
        /// Number of voxels that are NaN or infinite.
        package let notFinite: Int
    }

    package let file: String
    /// Contrast name, "brainmask", "lesion", "imputed" or "unrecognised".
    package let role: String
    /// Why the file was recognised so.
    package let reason: String
    package let geometry: Geometry?
    package let intensities: Intensities?
    package let findings: [Finding]
    /// What the file says of itself at length (header extension of code 6), as an imputed image does.
    package let comment: String?
    /// Why the file cannot be used.
    package let problem: String?
    /// The voxels, for a quick look.
    let volume: Volume?

    private enum CodingKeys: String, CodingKey {
        case file, role, reason, geometry, intensities, findings, comment, problem
    }

    /// Looks at a file.
    /// - Parameter readsVoxels: false leaves out `intensities`.
    init(_ path: String, role: String, reason: String, readsVoxels: Bool) {
        (file, self.role, self.reason) = (path, role, reason)
        findings = NIfTIFile.findings(path).map {
            Finding(check: $0.check, severity: $0.severity.rawValue, text: $0.text)
        }
        comment = try? NIfTIFile.comment(path)
        var (header, image, problem): (NIfTIHeader?, NIfTIImage?, String?)
        do {
            if readsVoxels {
                let read = try NIfTIFile.read(path)
                (image, header) = (read, read.header)
            } else {
                header = try NIfTIFile.readHeader(path)
            }
        } catch {
            problem = error.message
        }
        geometry = header.map(Self.geometry)
        intensities = image.map(Self.intensities)
        volume = image?.volume
        self.problem = problem ?? image?.problem(path)
    }

    private static func geometry(_ header: NIfTIHeader) -> Geometry {
        let (size, spacing, origin) = (header.size, header.spacing, header.grid.affine.origin)
        return Geometry(
            size: [size.x, size.y, size.z], spacing: [spacing.x, spacing.y, spacing.z],
            orientation: header.grid.orientationCode, origin: [origin.x, origin.y, origin.z],
            affineFrom: header.affineSource.rawValue, qformCode: header.qformCode, sformCode: header.sformCode,
            datatype: "\(header.datatype)", slope: header.slope, intercept: header.intercept, version: header.version)
    }

    private static func intensities(_ image: NIfTIImage) -> Intensities {
        var (minimum, maximum, sum) = (Float.infinity, -Float.infinity, 0.0)
        var positive: [Float] = []
        var finite = 0
        for value in image.volume.voxels where value.isFinite {
            finite += 1
            (minimum, maximum) = (min(minimum, value), max(maximum, value))
            sum += Double(value)
            if value > 0 { positive.append(value) }
        }
        guard finite > 0 else {
            return Intensities(
                minimum: nil, maximum: nil, mean: nil, percentile995: nil, positive: 0,
                notFinite: image.nonFiniteCount)
        }
        return Intensities(
            minimum: Double(minimum), maximum: Double(maximum), mean: sum / Double(finite),
            percentile995: Normalisation.percentile(Normalisation.percent, of: positive),
            positive: Double(positive.count) / Double(image.volume.voxels.count), notFinite: image.nonFiniteCount)
    }
}
