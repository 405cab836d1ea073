import Files
import Foundation
import Patients
import Records
import Volumes

extension SyntheticMark {
    /// Of an imputed image: what it is, by which program and model, from which files.
    /// - Parameter inputs: what it was synthesised from.
    init(_ contrast: String, _ model: ModelRecord, from inputs: [InputRecord]) {
        let record = Record(contrast: contrast, model: model, inputs: inputs)
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

        init(contrast: String, model: ModelRecord, inputs: [InputRecord]) {
            (self.contrast, self.model) = (contrast, model)
            self.inputs = Dictionary(inputs.map { ($0.role, $0.sha256) }, uniquingKeysWith: { first, _ in first })
        }

        private enum CodingKeys: String, CodingKey { case synthetic, contrast, software, model, inputs, note }
    }
}

extension String {
    fileprivate func inASCII(_ replacement: Character) -> String { String(map { $0.isASCII ? $0 : replacement }) }
}
