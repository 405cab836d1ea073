import Foundation

/// The control groups that this process is in, from the outermost to its own: what a container or a batch system allows.
package struct ControlGroup: Sendable {
    /// Of the groups' files: 2 is the unified one.
    package let version: Int
    private let folder: String

    /// Those of a controller.
    /// - Parameters:
    ///   - controller: "cpu", "memory".
    ///   - membership: `/proc/self/cgroup`.
    ///   - root: where the groups' file systems are mounted.
    package static func all(
        of controller: String, membership: String = "/proc/self/cgroup", root: String = "/sys/fs/cgroup"
    ) -> [ControlGroup] {
        (text(membership) ?? "").split(separator: "\n").flatMap { line -> [ControlGroup] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { return [] }
            if parts[1].isEmpty { return groups(root, parts[2], version: 2) }
            guard parts[1].split(separator: ",").contains(Substring(controller)) else { return [] }
            return groups("\(root)/\(controller)", parts[2], version: 1)
        }
    }

    /// A file of the group; nil where it has none of that name.
    package func text(_ name: String) -> String? { Self.text("\(folder)/\(name)") }

    /// A whole number in a file; nil for "max".
    package func number(_ name: String) -> Int? {
        text(name).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// A group and those around it.
    private static func groups(_ root: String, _ group: String, version: Int) -> [ControlGroup] {
        var folders = [root]
        for part in group.split(separator: "/") { folders.append("\(folders.last ?? root)/\(part)") }
        return folders.map { ControlGroup(version: version, folder: $0) }
    }

    private static func text(_ file: String) -> String? {
        FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
    }
}
