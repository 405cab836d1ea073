import Files
import Foundation
import Tensors

/// Settings of computing that hold for the whole process.
package enum ProcessSettings {
    /// Threads besides those of the network: reading, writing, signals, what carries them.
    private static let besides = 8

    /// Uses that many threads; nil for all processors. Results do not depend on it.
    /// - Throws: `CollaGANError.Code.tooLittle` if the system does not give them.
    package static func use(threads: Int?) throws(CollaGANError) {
        Parallel.defaultThreads = threads ?? 0
        try requireThreads(Parallel.threads)
    }

    /// Makes sure of the threads of a run in which the network has so many. Called before the first of them is started and again
    /// once the model is loaded; what patients take is bounded so that there is room for them (``MemoryLimit``).
    /// - Throws: `CollaGANError.Code.tooLittle`.
    package static func requireThreads(_ count: Int = 1) throws(CollaGANError) {
        ThreadSupply.spareAddressSpace()
        guard !ThreadSupply.gives(count + besides) else { return }
        let size = ThreadSupply.addressSpace(count + besides)
        throw CollaGANError(
            .tooLittle, path: "",
            "the system does not give \(count + besides) threads and \((size + 999_999) / 1_000_000) MB of address space for them;"
                + " raise its limits (ulimit -v, ulimit -u)\(count > 1 ? ", or give fewer --threads" : "")")
    }

    /// Address space of a run's threads, in bytes.
    static var addressSpace: Int { ThreadSupply.addressSpace(threads + besides) }

    /// How many threads are used.
    static var threads: Int { Parallel.threads }

    /// Whether the kernels are those that `$COLLAGAN_ISA` names; empty counts as not set.
    /// - Throws: `CollaGANError.Code.badConfiguration` if there are none of that name, or not for this processor.
    package static func checkInstructionSet(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CollaGANError) {
        let (variable, available) = (InstructionSet.variable, InstructionSet.choices)
        guard let name = environment[variable], !name.isEmpty, !available.contains(name) else { return }
        let isKnown = (InstructionSet.all + InstructionSet.allUnits).contains(name)
        let reason = isKnown ? "this processor lacks it" : "no such instruction set"
        throw CollaGANError(
            .badConfiguration, path: variable,
            "\(variable)=\(name): \(reason); give \(available.joined(separator: " or ")), or unset it for the best")
    }
}
