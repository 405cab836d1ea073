import Records
import Tensors

/// With what images were made.
package struct Provenance: Sendable {
    package var software = SoftwareRecord()
    package var model: ModelRecord
    /// nil for pages over patients, who may have been computed on several machines.
    package var computed: ComputingRecord?

    package init(model: ModelRecord, computed: ComputingRecord? = nil) {
        (self.model, self.computed) = (model, computed)
    }

    /// The table of model, software and machine.
    func html() -> String {
        var rows = [("Model", model.name), ("Model SHA-256", model.sha256), ("Software", softwareName)]
        if let computed {
            rows += [
                ("Instruction set", computed.instructionSet), ("Precision", computed.precision),
                ("Processor", computed.processor),
            ]
        }
        return HTML.definitions(rows, caption: "Model, software and settings")
    }

    /// E.g. "collagan 1.0.0".
    var softwareName: String { "\(software.name) \(software.version)" }
}
