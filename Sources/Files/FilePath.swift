import Foundation

/// Small questions about paths.
package enum FilePath {
    /// Last component.
    package static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Everything before the last component; "." where there is nothing.
    package static func folder(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Absolute, without `.` and `..`; links stay as they are.
    package static func absolute(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.path
    }

    /// Absolute with links resolved, for telling whether two names are one folder.
    package static func resolved(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }

    /// Whether there is a file that can be read to its end: no folder, pipe or device. Links are followed.
    package static func isRegularFile(_ path: String) -> Bool {
        FileStatus(path)?.kind == .regular
    }
}
