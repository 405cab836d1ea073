import Foundation

/// The process's memory as the kernel accounts it.
enum PeakMemory {
    /// Largest resident size so far in MB (10⁶ bytes): VmHWM of /proc/self/status; 0 where there is none.
    static var megabytes: Double {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
        else { return 0 }
        return kibibytes * 1024 / 1e6
    }
}
