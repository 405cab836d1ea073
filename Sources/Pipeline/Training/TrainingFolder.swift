import CollaGAN
import Files

/// The output folder of a training, as other processes see it.
package enum TrainingFolder {
    /// How often a lock is asked for that another process holds. Ranks wait together, so it has to be less than the time
    /// after which one counts as lost.
    private static let interval = Duration.milliseconds(500)

    /// Waits until no other process holds the folder; what it holds is to be looked at after that.
    ///
    /// - Parameters:
    ///   - waiting: for how long.
    ///   - ranks: all of which wait; nil for this process alone.
    ///   - console: is told once what is waited for.
    /// - Throws: `CollaGANError.Code.busy` if it is held to the end; `.unwritable`.
    package static func wait(
        for output: String, upTo waiting: Duration, _ ranks: RankGroup?, _ console: Console
    ) throws(CollaGANError) {
        let attempts = Int((waiting / interval).rounded(.up))
        for attempt in 0...attempts {
            do throws(CollaGANError) {
                return try ranks.agree { () throws(CollaGANError) in
                    guard ranks?.isFirst ?? true, FileStatus(output)?.kind == .folder else { return }
                    try OutputFolder(output, waiting: attempt == 0 ? .zero : interval).release()
                }
            } catch {
                guard error.code == .busy, attempt < attempts else { throw error }
                if attempt == 0 { console.info("waiting: \(error.message)") }
            }
        }
    }
}
