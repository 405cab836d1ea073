import Foundation

/// On what a result was computed. The result depends on instruction set and precision alone.
package struct ComputingRecord: Codable, Sendable, Equatable {
    /// As the system names it, e.g. "AMD EPYC (family 25, model 17)"; "unknown" where it does not.
    package var processor: String
    /// "avx512", "avx2", "baseline" or, on arm64, whose baseline has fused multiply-adds, "baseline-neon"; in bfloat16
    /// what multiplies it: "amx", "avx512bf16" or "emulated".
    package var instructionSet: String
    /// Of the operands of the network's products: "float32" or "bfloat16".
    package var precision: String

    package init(processor: String, instructionSet: String, precision: String) {
        (self.processor, self.instructionSet, self.precision) = (processor, instructionSet, precision)
    }

    /// This process with products of float32.
    package static var current: ComputingRecord { current(.float32) }

    /// This process.
    package static func current(_ precision: Precision) -> ComputingRecord {
        let unit = precision == .bfloat16 ? InstructionSet.unit : nil
        return ComputingRecord(
            processor: processorName, instructionSet: unit ?? float32Set, precision: precision.rawValue)
    }

    private static var float32Set: String {
        #if arch(arm64)
            "\(InstructionSet.current)-neon"
        #else
            InstructionSet.current
        #endif
    }

    /// From the first processor's lines in /proc/cpuinfo.
    private static let processorName: String = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { break }
            fields[parts[0]] = parts[1]
        }
        let name =
            fields["model name"] ?? fields["CPU part"].map { "ARM \(fields["CPU implementer"] ?? "") \($0)" }
            ?? "unknown"
        guard let family = fields["cpu family"], let model = fields["model"] else { return name }
        return "\(name) (family \(family), model \(model))"
    }()
}
