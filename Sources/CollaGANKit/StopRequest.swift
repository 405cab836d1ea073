import Synchronization

/// Asks work under way to stop. Any thread may ask; the work ends before its next slices and throws.
public final class StopRequest: Sendable {
    private let asked = Atomic<Bool>(false)

    public init() {}

    /// Asks; once asked, it stays so.
    public func stop() { asked.store(true, ordering: .relaxed) }

    /// Whether `stop` was called.
    public var isRequested: Bool { asked.load(ordering: .relaxed) }
}
