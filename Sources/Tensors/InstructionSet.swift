import CKernels

/// Which of the kernels' builds is in use: the best that the processor has, or what the environment variable
/// `COLLAGAN_ISA` names.
package enum InstructionSet {
    /// The environment variable's name. It is read when the program starts; a value that is not among the `choices`
    /// counts as none.
    package static let variable = "COLLAGAN_ISA"
    /// All float32 sets that exist, best first; a processor need not have them.
    package static let all = ["avx512", "avx2", "baseline"]
    /// All units that multiply bfloat16, best first, and what stands for them where it is asked for.
    package static let allUnits = ["amx", "avx512bf16", "emulated"]

    /// "avx512", "avx2" or "baseline" (SSE2 on x86-64, NEON on arm64).
    package static var current: String { String(cString: ck_instruction_set()) }
    /// Takes another of the `available` float32 sets from here on, for a process that has computed nothing yet and will multiply no
    /// bfloat16.
    ///
    /// - Returns: false if this processor lacks it.
    package static func use(_ name: String) -> Bool { ck_use_instruction_set(name) != 0 }
    /// What multiplies bfloat16 in this process; nil if nothing does.
    package static let unit: String? = ck_pair_unit().map { String(cString: $0) }

    /// The float32 sets that this processor and build have, best first; "baseline" always.
    package static var available: [String] { all.filter { ck_has_instruction_set($0) != 0 } }
    /// What the variable may name here. A unit comes with the best float32 set, a float32 set without a unit.
    package static var choices: [String] { allUnits.filter { ck_pair_product_of($0) != nil } + available }
}
