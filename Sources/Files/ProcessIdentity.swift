import Foundation

/// Who writes: machine and process, for names and records of processes that share a folder.
package enum ProcessIdentity {
    /// The machine's name up to its first dot, as far as it fits a file's name.
    package static let host: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        let whole = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let name = whole.prefix { $0 != "." }.prefix(40).map { character -> Character in
            character.isASCII && (character.isLetter || character.isNumber || character == "-") ? character : "_"
        }
        return name.isEmpty ? "unknown" : String(name)
    }()

    package static var process: Int { Int(getpid()) }

    /// "node1-4711"
    package static var name: String { "\(host)-\(process)" }

    /// The same in at most 17 characters, where names must stay short: six digits of a hash stand for the machine.
    package static var shortName: String { "\(hostHash)-\(process)" }

    private static let hostHash = String(FileHash.sha256(of: Data(host.utf8)).prefix(6))
}
