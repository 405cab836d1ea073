import Files
import Foundation

/// Writes a result to standard output.
/// - Throws: `CollaGANError.Code.unwritable` if it cannot be written; not if its reader has left.
func printResult(_ text: String) throws(CollaGANError) {
    try write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
}

/// Writes a result to standard output as JSON.
/// - Throws: as `printResult`.
func printJSON(_ value: some Encodable) throws(CollaGANError) {
    try write(JSONFile.encode(value))
}

/// Whoever closes a pipe has seen what they wanted (`collagan … | head`).
private func write(_ data: Data) throws(CollaGANError) {
    guard !AtomicFile.append(data.bytes, to: STDOUT_FILENO), errno != EPIPE else { return }
    throw CollaGANError(
        .unwritable, path: "standard output",
        "standard output: the result cannot be written (\(Wording.reason())); make room or send it elsewhere, and run"
            + " again")
}
