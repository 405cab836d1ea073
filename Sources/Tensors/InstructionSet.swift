import CKernels

/// Which of the kernels' builds is in use: the best that the processor has, or what the environment variable `COLLAGAN_ISA`
/// names.
public enum InstructionSet {
    public static let variable = "COLLAGAN_ISA"
    /// All that exist; a processor need not have them.
    public static let all = ["avx512", "avx2", "baseline"]

    /// "avx512", "avx2" or "baseline" (SSE2 on x86-64, NEON on arm64).
    public static var current: String { String(cString: ck_instruction_set()) }
}
