/// How the processes of one training reach each other: MPI, or in tests a process's own memory.
///
/// One thread at a time calls it. After an error nothing more may be exchanged.
package protocol Transport: Sendable {
    /// Number of this process, from 0.
    var rank: Int { get }
    /// Number of processes.
    var size: Int { get }

    /// Sends and receives messages, and returns when all of that is done. Messages between two ranks keep their order.
    ///
    /// - Precondition: the other ranks send and receive what fits; no message goes to this rank itself.
    /// - Throws: `TransportError.Code.unanswered` after so many seconds; `.broken`.
    func exchange(_ messages: [Message], within seconds: Double) throws(TransportError)

    /// Takes leave of the others, all of which are about to do the same; call once, last, and never after an error.
    func finish()
}

/// Bytes that go to a rank, or come from one.
package enum Message {
    case send(UnsafeRawBufferPointer, to: Int)
    case receive(UnsafeMutableRawBufferPointer, from: Int)
}

/// What can be wrong between ranks.
package struct TransportError: Error, Sendable, Equatable {
    package enum Code: Sendable {
        /// No MPI library, or one that cannot be started.
        case noLibrary
        /// Library and launcher do not belong together.
        case wrongLauncher
        /// A rank does not answer.
        case unanswered
        /// The library reports an error.
        case broken
    }

    package let code: Code
    /// One line: what, why, what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
