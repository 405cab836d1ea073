import Files
import Foundation
import Patients
import Records
import Volumes

extension SyntheticMark {
    /// Of an imputed image: what it is, by which program and model, from which files.
    /// - Parameters:
    ///   - model: name and SHA-256 of the weight file.
    ///   - inputs: contrasts that it was synthesised from.
    ///   - hashes: of the patient's files.
    package init(
        _ contrast: String, model: (name: String, sha256: String), from inputs: [String], _ hashes: InputHashes
    ) {
        let record = Record(
            contrast: contrast, model: ModelRecord(name: model.name, sha256: model.sha256),
            inputs: Dictionary(
                hashes.files.filter { inputs.contains($0.file.role) }.map { ($0.file.role, $0.sha256) },
                uniquingKeysWith: { first, _ in first }))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = (try? encoder.encode(record)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        self.init(
            "\(contrast.inASCII("?")), not acquired (\(Software.name) \(Software.version))",
            comment: json.utf16.map { $0 < 128 ? String(UnicodeScalar(UInt8($0))) : String(format: "\\u%04x", $0) }
                .joined())
    }

    private struct Record: Encodable {
        let synthetic = true
        let contrast: String
        let software = SoftwareRecord()
        let model: ModelRecord
        /// SHA-256 by contrast.
        let inputs: [String: String]
        let note =
            "imputed from the other contrasts, not acquired; research use only; the sidecar beside the image says more"

        private enum CodingKeys: String, CodingKey { case synthetic, contrast, software, model, inputs, note }
    }
}

extension String {
    fileprivate func inASCII(_ replacement: Character) -> String { String(map { $0.isASCII ? $0 : replacement }) }
}
