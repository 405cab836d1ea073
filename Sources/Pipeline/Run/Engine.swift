import Foundation
import Tensors

/// Settings of the computing engine that hold for the whole process.
public enum Engine {
    /// Uses that many threads; nil for all processors. Results do not depend on it.
    public static func use(threads: Int?) {
        Parallel.threads = threads ?? 0
    }

    /// How many threads are used.
    static var threads: Int { Parallel.threads }

    /// Whether the kernels are those that `$COLLAGAN_ISA` names; empty counts as not set.
    /// - Throws: `PipelineError.Code.badConfiguration` if there are none of that name, or not for this processor.
    public static func checkInstructionSet(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(PipelineError) {
        let (variable, available) = (InstructionSet.variable, InstructionSet.available)
        guard let name = environment[variable], !name.isEmpty, !available.contains(name) else { return }
        let reason = InstructionSet.all.contains(name) ? "this processor lacks it" : "no such instruction set"
        throw PipelineError(
            .badConfiguration, path: variable,
            "\(variable)=\(name): \(reason); give \(available.joined(separator: " or ")), or unset it for the best")
    }
}
