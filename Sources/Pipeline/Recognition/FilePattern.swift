import Foundation

/// A glob that says which file plays a role, given as `T2='*_T2w_run-1*'` on the command line or in a YAML file.
public struct FilePattern: Sendable, Equatable {
    /// A contrast name, `brainmask` or `lesion`.
    public let role: String
    /// `*`, `?` and `[…]`; compared with the file name (with or without its extension) regardless of case. With slashes, as in
    /// `anat/*_T2w*`, the folders above the file have to fit, too.
    public let glob: String

    public init(role: String, glob: String) {
        (self.role, self.glob) = (role, glob)
    }

    /// Reads `ROLE=GLOB`; nil unless both sides hold something.
    public init?(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else { return nil }
        let (role, glob) = (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
        guard !role.isEmpty, !glob.isEmpty else { return nil }
        self.init(role: role, glob: glob)
    }

    /// The globs of the folders, outermost first, and of the file.
    var parts: [String] { glob.split(separator: "/").map(String.init) }

    /// Why the glob can fit no file; nil if it can.
    var fault: String? {
        if parts.isEmpty { return "is empty" }
        if glob.hasPrefix("/") { return "starts with '/'; write it as seen from the patient's folder" }
        if glob.hasSuffix("/") { return "ends with '/'; it has to name a file" }
        return parts.contains { $0 == "." || $0 == ".." }
            ? "holds '.' or '..'; write it as seen from the patient's folder" : nil
    }

    /// Whether the glob fits a file.
    /// - Parameter path: as many folders are looked at as the glob names.
    public func matches(_ path: String) -> Bool {
        let globs = parts
        let names = path.split(separator: "/").suffix(globs.count).map(String.init)
        guard names.count == globs.count, let file = names.last, let last = globs.last else { return false }
        return Self.fits(last, file: file) && zip(globs, names).dropLast().allSatisfy { Self.fits($0, $1) }
    }

    /// Whether a glob without slashes fits a file's name, with or without its extension.
    static func fits(_ glob: String, file: String) -> Bool {
        fits(glob, file) || fits(glob, ImageName.stem(file))
    }

    /// Whether a glob without slashes fits a name, regardless of case.
    static func fits(_ glob: String, _ name: String) -> Bool {
        fnmatch(glob.lowercased(), name.lowercased(), 0) == 0
    }
}
