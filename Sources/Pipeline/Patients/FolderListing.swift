import Foundation

/// What lies directly in a folder, by name in a fixed order. Symbolic links are followed; hidden names are left out.
struct FolderListing {
    let path: String
    /// Names of NIfTI files. A dangling link counts as a file: reading it then says what is wrong.
    let images: [String]
    /// Names of folders.
    let folders: [String]

    init(_ path: String) throws(PipelineError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw PipelineError(
                .unreadable, path: path, "\(path): cannot be listed; check that it is a folder you may read")
        }
        var (images, folders) = ([String](), [String]())
        for name in names.sorted() where !name.hasPrefix(".") && name != "__MACOSX" {
            if Self.isFolder("\(path)/\(name)") {
                folders.append(name)
            } else if ImageName.isImage(name) {
                images.append(name)
            }
        }
        (self.path, self.images, self.folders) = (path, images, folders)
    }

    static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
