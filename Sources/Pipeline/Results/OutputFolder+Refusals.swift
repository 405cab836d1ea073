import Files
import Foundation
import Patients

/// Places where no results may go.
extension OutputFolder {
    /// Refuses, as a run would, a folder that cannot be made or written to.
    /// - Parameter path: as the user gave it.
    static func checkWritable(_ path: String) throws(CollaGANError) {
        var folder = FilePath.absolute(path)
        while !FileManager.default.fileExists(atPath: folder), folder != "/" { folder = FilePath.folder(folder) }
        guard FolderListing.isFolder(folder), access(folder, W_OK | X_OK) == 0 else { throw failure(path) }
    }

    /// Refuses a place for results to which a link leads: what lies there is not ours, and may be inputs.
    /// - Parameter relative: below `folder`; parts of it need not exist.
    /// - Throws: `CollaGANError.Code.unwritable`.
    static func refuseLink(to relative: String, in folder: String) throws(CollaGANError) {
        guard let link = link(to: relative, in: folder) else { return }
        throw CollaGANError(
            .unwritable, path: link, "\(link): is a link, through which no results are written; move it away")
    }

    /// Refuses a folder that holds other results, with which those of a run do not mix: another command's, whose files would be
    /// taken for leftovers of this one, unless they are to be replaced; parts of another number of parts. The folder need not exist.
    /// - Throws: `CollaGANError.Code.badConfiguration`.
    static func refuseOthers(
        in path: String, than command: String, part: PartIdentity?, overwrites: Bool
    ) throws(CollaGANError) {
        if let part { try PartFiles.refuse(part, in: path) }
        guard !overwrites else { return }
        let earlier = JSONFile.read(RunManifest.self, from: "\(path)/\(ResultNames.manifest)")?.command
        guard let other = [earlier, PartFiles.command(in: path)].compactMap(\.self).first(where: { $0 != command })
        else { return }
        throw CollaGANError(
            .badConfiguration, path: path,
            "\(path): holds the results of '\(other)'; give another --out folder, or --overwrite to replace them")
    }

    /// Refuses a folder that holds inputs: results could take their names.
    /// - Throws: `CollaGANError.Code.badConfiguration`.
    static func refuseInputs(of patients: [Patient], in path: String) throws(CollaGANError) {
        let output = FilePath.resolved(path)
        // Results lie in folders of patients; images at the top are a patient's that the search left out with the folder.
        let images = (try? FolderListing(output))?.images.map { "\(output)/\($0)" } ?? []
        let inputs = images + patients.flatMap { [$0.folder] + $0.inputPaths }
        let inside = inputs.first { input in
            let input = FilePath.resolved(input)
            // Made by ourselves, and no patient of this run may be called so.
            if input.hasPrefix("\(output)/\(ResultNames.prepared)/") { return false }
            return input == output || input.hasPrefix(output == "/" ? output : "\(output)/")
        }
        guard let inside else { return }
        throw CollaGANError(
            .badConfiguration, path: path,
            "\(path): holds inputs (\(inside)), which results could overwrite; give an --out folder of its own, e.g."
                + " \(patients.contains { $0.bids != nil } ? "derivatives/collagan" : "results") in it")
    }
}
