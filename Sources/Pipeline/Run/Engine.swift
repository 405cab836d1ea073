import Tensors

/// Settings of the computing engine that hold for the whole process.
public enum Engine {
    /// Uses that many threads; nil for all processors. Results do not depend on it.
    public static func use(threads: Int?) {
        Parallel.threads = threads ?? 0
    }
}
