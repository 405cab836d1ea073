import Foundation

/// The vector instructions that the kernels use.
public enum InstructionSet: String, Sendable {
    case avx512, avx2, baseline

    /// What this machine's processor has: the kernels take the best that is there.
    public static let current: InstructionSet = {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") })
        else { return .baseline }
        let flags = Set(line.split(separator: " ").map(String.init))
        if flags.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]) { return .avx512 }
        return flags.isSuperset(of: ["avx2", "bmi2", "fma"]) ? .avx2 : .baseline
    }()
}
