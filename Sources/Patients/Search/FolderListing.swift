import Files
import Foundation
import Volumes

/// What lies directly in a folder, by name in a fixed order. Symbolic links are followed; hidden names are left out.
package struct FolderListing {
    package let path: String
    /// Names of NIfTI files. A dangling link counts as a file: reading it then says what is wrong.
    package let images: [String]
    /// Names of volumes in formats that are not read.
    package let foreign: [String]
    /// Names of folders.
    package let folders: [String]
    /// Names of those folders that are called like NIfTI files, as some programs unpack them.
    var foldersLikeImages: [String] { folders.filter(ImageName.isImage) }
    /// Names of links, without an extension, that lead nowhere: folders on a disk that is not there.
    let lostFolders: [String]
    private let links: Set<String>

    /// - Throws: `CollaGANError.Code.unreadable`.
    package init(_ path: String) throws(CollaGANError) {
        var images = [String]()
        var foreign = [String]()
        var folders = [String]()
        var lost = [String]()
        var links = Set<String>()
        for (name, kind) in try Self.entries(path).sorted(by: { $0.name < $1.name }) where name != "__MACOSX" {
            if kind.isFolder {
                folders.append(name)
                if kind.isLink { links.insert(name) }
            } else if ImageName.isImage(name) {
                images.append(name)
            } else if ForeignFormat(name) != nil {
                foreign.append(name)
            } else if kind.isLink, !kind.isThere, !name.contains(".") {
                lost.append(name)
            }
        }
        self.path = path
        self.images = images
        self.foreign = foreign
        self.folders = folders
        lostFolders = lost
        self.links = links
    }

    /// Whether a folder is a symbolic link.
    func isLink(_ folder: String) -> Bool { links.contains(folder) }

    package static func isFolder(_ path: String) -> Bool {
        FileStatus(path)?.kind == .folder
    }

    /// What the system says of one name.
    private struct Kind {
        var isLink = false
        /// Whether a link leads somewhere.
        var isThere = false
        var isFolder = false
    }

    /// Everything but hidden names, as the system has it; bytes that are no UTF-8 become U+FFFD, under which nothing can be opened.
    private static func entries(_ path: String) throws(CollaGANError) -> [(name: String, kind: Kind)] {
        guard !path.unicodeScalars.contains("\u{FFFD}") || isFolder(path) else {
            throw CollaGANError(
                .unreadable, path: path, "\(path): its name is not UTF-8, so it cannot be opened; rename the folder")
        }
        guard access(path, X_OK) == 0, let folder = opendir(path) else {
            throw CollaGANError(
                .unreadable, path: path,
                "\(path): cannot be listed (\(Wording.reason())); check that it is a folder you may read")
        }
        defer { closedir(folder) }
        var entries: [(name: String, kind: Kind)] = []
        errno = 0
        while let entry = readdir(folder) {
            withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 1) { bytes in
                    guard bytes.pointee != 0x2E else { return }
                    var (own, target, kind) = (stat(), stat(), Kind())
                    kind.isLink =
                        fstatat(dirfd(folder), bytes, &own, AT_SYMLINK_NOFOLLOW) == 0 && own.st_mode & S_IFMT == S_IFLNK
                    kind.isThere = fstatat(dirfd(folder), bytes, &target, 0) == 0
                    kind.isFolder = kind.isThere && target.st_mode & S_IFMT == S_IFDIR
                    entries.append((String(cString: bytes), kind))
                }
            }
            errno = 0
        }
        guard errno == 0 else {
            throw CollaGANError(
                .unreadable, path: path,
                "\(path): cannot be listed to its end (\(Wording.reason())); check the disk")
        }
        return entries
    }
}
