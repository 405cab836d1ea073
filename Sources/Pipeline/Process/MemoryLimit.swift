import ElementaryFunctions
import Foundation
import Tensors

/// How much memory a run may take.
package enum MemoryLimit {
    /// Bytes that "2G", "1500M" or "2.5 GB" stand for; K, M, G and T are powers of 1000, a plain number is bytes.
    /// - Returns: nil for anything else, for less than 1 MB and more than 1000 TB.
    package static func bytes(_ text: String) -> Int? {
        let text = text.lowercased().filter { $0 != " " }
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let powers = ["": 0, "b": 0, "k": 1, "kb": 1, "m": 2, "mb": 2, "g": 3, "gb": 3, "t": 4, "tb": 4]
        guard let number = Double(digits), let power = powers[String(text.dropFirst(digits.count))] else { return nil }
        let bytes = number * Elementary.power(1000, power)
        return (1e6...1e15).contains(bytes) ? Int(bytes) : nil
    }

    /// Bytes that this process can still take without being killed: the machine's, less where a control group, `ulimit -v` or Slurm
    /// (`SLURM_MEM_PER_NODE`, `SLURM_MEM_PER_CPU`) allows less.
    /// - Returns: nil where the system does not tell.
    package static func available(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Int? {
        let places = [machine(), addressSpace(), allotted(environment)] + ControlGroup.all(of: "memory").map(room)
        return places.compactMap { $0 }.min()
    }

    /// Bytes of memory that this process holds.
    package static func resident() -> Int {
        let pages = text("/proc/self/statm")?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func machine() -> Int? {
        value("MemAvailable:", in: text("/proc/meminfo")).map { $0 * 1024 }
    }

    private static func addressSpace() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt(Int.max),
            let size = value("VmSize:", in: text("/proc/self/status"))
        else { return nil }
        return max(Int(limit.rlim_cur) - size * 1024 - ProcessSettings.addressSpace, 0)
    }

    /// What a batch system set aside for the job on this machine, less what the process holds.
    private static func allotted(_ environment: [String: String]) -> Int? {
        func number(_ name: String) -> Int? {
            environment[name].flatMap { Int($0) }.flatMap { (1...1 << 30).contains($0) ? $0 : nil }
        }
        let perProcessor = number("SLURM_MEM_PER_CPU").map { $0 * (number("SLURM_CPUS_ON_NODE") ?? 1) }
        // In units of 2^20 bytes; 0 stands for all that there is.
        guard let megabytes = number("SLURM_MEM_PER_NODE") ?? perProcessor, megabytes < 1 << 40 else { return nil }
        return max((megabytes << 20) - resident(), 0)
    }

    private static func room(_ group: ControlGroup) -> Int? {
        let (limit, used) = group.version == 2 ? ("memory.max", "anon ") : ("memory.limit_in_bytes", "total_rss ")
        guard let limit = group.number(limit) else { return nil }
        return max(limit - (value(used, in: group.text("memory.stat")) ?? 0), 0)
    }

    /// The number after a word at the start of a line.
    private static func value(_ word: String, in text: String?) -> Int? {
        text?.split(separator: "\n").first { $0.hasPrefix(word) }
            .flatMap { Int($0.filter(\.isNumber)) }
    }

    private static func text(_ file: String) -> String? {
        FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
    }
}
