import Foundation

/// On what a result was computed. The result depends on instruction set and precision alone.
package struct ComputingRecord: Codable, Sendable, Equatable {
    /// As the system names it, e.g. "AMD EPYC (family 25, model 17)"; "unknown" where it does not.
    package var processor: String
    /// "avx512", "avx2", "baseline" or, on arm64, whose baseline has fused multiply-adds, "baseline-neon".
    package var instructionSet: String
    /// Of products and sums in the network.
    package var precision: String

    package init(processor: String, instructionSet: String, precision: String) {
        (self.processor, self.instructionSet, self.precision) = (processor, instructionSet, precision)
    }

    /// This process.
    package static let current = ComputingRecord(
        processor: processorName, instructionSet: instructionSet, precision: "float32")

    private static let instructionSet: String = {
        #if arch(arm64)
            "\(InstructionSet.current)-neon"
        #else
            InstructionSet.current
        #endif
    }()

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
