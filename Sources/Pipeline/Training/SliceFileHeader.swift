import Files
import Foundation
import Patients
import Preprocessing

/// What a slice file says of itself, as JSON behind its first bytes.
struct SliceFileHeader: Codable, Sendable, Equatable {
    /// One of the files that the slices were made from.
    struct Input: Codable, Sendable, Equatable {
        var role: String
        var file: String
        var sha256: String
    }

    /// SHA-256 over inputs, settings and software: equal if and only if preparing again would give the same slices.
    var fingerprint: String
    var inputs: [Input]
    /// Contrast names in the model's order.
    var contrasts: [String]
    /// Training crop (height, width) and pixel spacing in mm that were asked for.
    var crop: [Int]
    var spacing: Double
    /// Rows and columns of the slices, at least the crop's.
    var height: Int
    var width: Int
    /// Number of pixels inside the brain of every slice; a slice that has none is not stored.
    var brainPixels: [Int]
    /// By what every contrast was divided, nil where the patient lacks it; a Double holds a Float exactly.
    var scales: [Double?]
    /// 99.5th percentile of every contrast, like `scales`.
    var percentiles: [Double?]
    var normalisation: Normalisation
    /// What was done to the images beyond the usual.
    var notes: [String]

    init(
        _ stack: SliceStack, settings: PreprocessingSettings, hashes: InputHashes, fingerprint: String, notes: [String]
    ) {
        self.fingerprint = fingerprint
        inputs = hashes.files.map { Input(role: $0.file.role, file: FilePath.name($0.file.path), sha256: $0.sha256) }
        contrasts = stack.contrasts
        crop = [settings.cropHeight, settings.cropWidth]
        spacing = settings.spacing
        (height, width) = (stack.height, stack.width)
        brainPixels = stack.brainPixels
        scales = stack.scales.map { $0.map(Double.init) }
        percentiles = stack.percentiles.map { $0.map(Double.init) }
        normalisation = settings.normalisation
        self.notes = notes
    }

    /// Indices of the contrasts that are stored.
    var present: [Int] { scales.indices.filter { scales[$0] != nil } }

    /// Bytes of one stored slice: an image of float32 per contrast, the brain as bits, the SHA-256 of both.
    var recordSize: Int { height * width * 4 * present.count + height * width / 8 + SliceFile.digestSize }

    /// Whether the numbers make sense together, so that a file may be read by them.
    var isConsistent: Bool {
        let sides = [height, width]
        return sides.allSatisfy { $0 % 16 == 0 && (16...4096).contains($0) } && (1...16).contains(contrasts.count)
            && scales.count == contrasts.count && percentiles.count == contrasts.count && !present.isEmpty
            && brainPixels.allSatisfy { (0...height * width).contains($0) }
    }
}
