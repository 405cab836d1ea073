import Foundation

/// What the system says of a path, asked once.
package struct FileStatus: Sendable, Equatable {
    package enum Kind: Sendable {
        case regular, folder, link
        /// A pipe, a device, a socket.
        case other
    }

    /// Which file it is, whatever its names.
    package struct Identity: Sendable, Hashable {
        private let device: UInt64
        private let number: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            number = UInt64(status.st_ino)
        }
    }

    /// When something happened to a file.
    package struct Time: Sendable, Equatable {
        private let seconds: Int
        private let nanoseconds: Int

        init(_ time: timespec) {
            seconds = Int(time.tv_sec)
            nanoseconds = Int(time.tv_nsec)
        }
    }

    package let kind: Kind
    package let identity: Identity
    /// Bytes.
    package let size: Int
    private let modified: Time
    private let changed: Time

    /// - Parameter followsLinks: false asks of a link itself.
    /// - Returns: nil where there is nothing of that name, or it may not be looked at; `errno` says which.
    package init?(_ path: String, followsLinks: Bool = true) {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        self.init(status)
    }

    /// - Returns: nil where the descriptor is none; `errno` says why.
    package init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        identity = Identity(status)
        size = Int(status.st_size)
        modified = Time(status.st_mtim)
        changed = Time(status.st_ctim)
    }
}
