import CKernels

/// Which of the kernels' builds is in use: the best that the processor has, or what the environment variable
/// `COLLAGAN_ISA` names.
package enum InstructionSet {
    /// The environment variable's name. It is read when the program starts; a value that is not `available` counts as
    /// none.
    package static let variable = "COLLAGAN_ISA"
    /// All that exist, best first; a processor need not have them.
    package static let all = ["avx512", "avx2", "baseline"]

    /// "avx512", "avx2" or "baseline" (SSE2 on x86-64, NEON on arm64).
    package static var current: String { String(cString: ck_instruction_set()) }

    /// Those that this processor and build have, best first; "baseline" always.
    package static var available: [String] { all.filter { ck_has_instruction_set($0) != 0 } }
}
