import Dispatch
import Foundation

/// Catches SIGINT and SIGTERM for as long as it lives.
final class Interruption {
    private let sources: [any DispatchSourceSignal]

    /// - Parameter action: called on another thread with the exit status (128 + signal number) that the caller owes.
    init(_ action: @escaping @Sendable (Int32) -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
            source.setEventHandler { action(128 + number) }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
