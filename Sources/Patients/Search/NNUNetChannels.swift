import Files
import Foundation

/// What nnU-Net's `dataset.json` says of the channels.
enum NNUNetChannels {
    /// There is no such file.
    case missing
    /// Names by channel.
    case named([Int: String])
    /// The file is there but names no channel; why, as half a sentence.
    case unknown(String)

    /// More than any such file holds, lists of all its cases included.
    private static let largestFile = 1 << 26

    /// Reads `channel_names` of version 2, else `modality` of version 1.
    package init(_ path: String) {
        guard FileStatus(path, followsLinks: false) != nil else {
            self = .missing
            return
        }
        // Opened only if it is a file: a pipe would wait for ever.
        guard let status = FileStatus(path), status.kind == .regular, status.size <= Self.largestFile,
            access(path, R_OK) == 0, let data = FileManager.default.contents(atPath: path)
        else {
            self = .unknown("cannot be read")
            return
        }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            self = .unknown("is damaged, no JSON object")
            return
        }
        let channels = (object["channel_names"] ?? object["modality"]) as? [String: Any] ?? [:]
        let names = channels.compactMap { key, name in
            Int(key).flatMap { number in (name as? String).map { (number, $0) } }
        }
        self =
            names.isEmpty
            ? .unknown(#"names no channels ("channel_names": {"0": "T1", …})"#)
            : .named(Dictionary(names) { first, _ in first })
    }
}
