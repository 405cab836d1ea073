import Foundation

/// A glob that says which file plays a role, given as `T2='*_T2w_run-1*'` on the command line or in a YAML file.
package struct FilePattern: Sendable, Equatable {
    /// A contrast name, `brainmask` or `lesion`.
    package let role: String
    /// `*`, `?` and `[…]`; compared with the file name (with or without its extension) regardless of case. With slashes, as in
    /// `anat/*_T2w*`, the folders above the file have to fit, too.
    package let glob: String

    package init(role: String, glob: String) {
        (self.role, self.glob) = (role, glob)
    }

    /// Reads `ROLE=GLOB`; nil unless both sides hold something.
    package init?(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else { return nil }
        let (role, glob) = (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
        guard !role.isEmpty, !glob.isEmpty else { return nil }
        self.init(role: role, glob: glob)
    }

    /// The globs of the folders, outermost first, and of the file.
    package var parts: [String] { glob.split(separator: "/").map(String.init) }

    /// Why the glob can fit no file; nil if it can.
    package var fault: String? {
        if parts.isEmpty { return "is empty" }
        if glob.hasPrefix("/") { return "starts with '/'; write it as seen from the patient's folder" }
        if glob.hasSuffix("/") { return "ends with '/'; it has to name a file" }
        return parts.contains { $0 == "." || $0 == ".." }
            ? "holds '.' or '..'; write it as seen from the patient's folder" : nil
    }

    /// Whether the glob fits a file.
    /// - Parameter path: as many folders are looked at as the glob names.
    package func matches(_ path: String) -> Bool {
        let globs = parts
        let names = path.split(separator: "/").suffix(globs.count).map(String.init)
        guard names.count == globs.count, let file = names.last, let last = globs.last else { return false }
        return Self.fits(last, file: file) && zip(globs, names).dropLast().allSatisfy { Self.fits($0, $1) }
    }

    /// Whether a glob without slashes fits a file's name, with or without its extension.
    package static func fits(_ glob: String, file: String) -> Bool {
        fits(glob, file) || fits(glob, ImageName.stem(file))
    }

    /// Whether a glob without slashes fits a name, regardless of case.
    package static func fits(_ glob: String, _ name: String) -> Bool {
        fnmatch(glob.lowercased(), name.lowercased(), 0) == 0
    }
}
