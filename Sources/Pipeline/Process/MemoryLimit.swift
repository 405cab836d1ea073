import ElementaryFunctions
import Foundation

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

    /// Bytes that this process can still take without being killed: the machine's, less where a control group or `ulimit -v` allows less.
    /// - Returns: nil where the system does not tell.
    package static func available() -> Int? {
        let places = [machine(), addressSpace()] + controlGroups().map(room)
        return places.compactMap { $0 }.min()
    }

    /// Bytes of memory that this process holds.
    package static func resident() -> Int {
        let pages = text("/proc/self/statm")?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func machine() -> Int? {
        value("MemAvailable:", in: "/proc/meminfo").map { $0 * 1024 }
    }

    private static func addressSpace() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt(Int.max),
            let size = value("VmSize:", in: "/proc/self/status")
        else { return nil }
        return max(Int(limit.rlim_cur) - size * 1024 - ProcessSettings.addressSpace, 0)
    }

    /// Folders of the control groups that this process is in, with the names of their files (version 2, then 1).
    private static func controlGroups() -> [(folder: String, limit: String, used: String)] {
        (text("/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { return [(folder: String, limit: String, used: String)]() }
            if parts[1].isEmpty {
                return ancestors("/sys/fs/cgroup", parts[2]).map { ($0, "memory.max", "anon ") }
            }
            guard parts[1].split(separator: ",").contains("memory") else { return [] }
            return ancestors("/sys/fs/cgroup/memory", parts[2]).map { ($0, "memory.limit_in_bytes", "total_rss ") }
        }
    }

    /// A group's folder and those of all groups around it.
    private static func ancestors(_ root: String, _ group: String) -> [String] {
        var folders = [root]
        for part in group.split(separator: "/") { folders.append("\(folders.last ?? root)/\(part)") }
        return folders
    }

    private static func room(_ group: (folder: String, limit: String, used: String)) -> Int? {
        guard let limit = text("\(group.folder)/\(group.limit)").flatMap({ Int($0.filter { !$0.isWhitespace }) }) else {
            return nil
        }
        return max(limit - (value(group.used, in: "\(group.folder)/memory.stat") ?? 0), 0)
    }

    /// The number after a word at the start of a line.
    private static func value(_ word: String, in file: String) -> Int? {
        text(file)?.split(separator: "\n").first { $0.hasPrefix(word) }
            .flatMap { Int($0.filter(\.isNumber)) }
    }

    private static func text(_ file: String) -> String? {
        FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
    }
}
