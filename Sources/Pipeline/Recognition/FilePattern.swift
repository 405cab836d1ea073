import Foundation

/// A glob that says which file plays a role, given as `T2='*_T2w_run-1*'` on the command line or in a YAML file.
public struct FilePattern: Sendable, Equatable {
    /// A contrast name, `brainmask` or `lesion`.
    public let role: String
    /// `*`, `?` and `[…]`; compared with the file name (with or without its extension) regardless of case.
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

    /// Whether the glob fits a file name.
    public func matches(_ fileName: String) -> Bool {
        let lowered = glob.lowercased()
        return [fileName, ImageName.stem(fileName)].contains { fnmatch(lowered, $0.lowercased(), 0) == 0 }
    }
}
