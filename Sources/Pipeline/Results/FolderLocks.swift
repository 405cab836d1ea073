import Files
import Foundation

/// What a run holds of a folder of results: all of it, or one part (docs/explanation/parts.md).
struct FolderLocks: Sendable {
    /// nil for all of the folder.
    let part: PartIdentity?
    private let whole: OutputLock
    private let own: OutputLock?

    /// How often a lock that another process holds is asked for again.
    private static let interval = 0.5

    /// Takes the locks of an existing folder, or waits for them.
    /// - Parameters:
    ///   - name: the folder as the user gave it.
    ///   - waiting: for how long.
    ///   - tell: called once, when waiting begins, with what is waited for.
    /// - Throws: `CollaGANError.Code.busy` if another process holds one of them to the end, `.unwritable`.
    static func taken(
        in folder: String, called name: String, part: PartIdentity?, on disk: Disk, waiting: Duration,
        _ tell: (String) -> Void
    ) throws(CollaGANError) -> FolderLocks {
        let end = ContinuousClock.now + waiting
        var isTold = false
        while true {
            let problem: CollaGANError
            do throws(CollaGANError) {
                return try FolderLocks(in: folder, called: name, part: part, on: disk)
            } catch {
                guard error.code == .busy, .now < end else { throw error }
                problem = error
            }
            if !isTold { tell(problem.message) }
            isTold = true
            Thread.sleep(forTimeInterval: Self.interval)
        }
    }

    private init(in folder: String, called name: String, part: PartIdentity?, on disk: Disk) throws(CollaGANError) {
        let path = "\(folder)/\(OutputLock.name)"
        guard let whole = try OutputLock(path, part == nil ? .exclusive : .shared) else {
            throw CollaGANError(
                .busy, path: name, "another run is writing into \(name); wait for it or give another --out folder")
        }
        (self.whole, self.part) = (whole, part)
        guard let part else {
            own = nil
            return
        }
        do throws(CollaGANError) {
            try OutputFolder.refuseLink(to: PartFiles.folder, in: folder)
            try disk.makeFolder("\(folder)/\(PartFiles.folder)", below: folder)
            guard let own = try OutputLock("\(folder)/\(PartFiles.lock(part))") else {
                throw CollaGANError(
                    .busy, path: name,
                    "\(name): another process\(PartFiles.holder(of: part, in: folder)) is at work on \(part.title);"
                        + " wait for it, e.g. with --wait 10m")
            }
            self.own = own
        } catch {
            whole.abandon()
            throw error
        }
    }

    /// How the names of the stages begin that nobody else can be writing into.
    var clearedStages: String? {
        guard let part else { return nil }
        return own?.isHeld == true ? "\(part.name)-" : "\(part.name)-\(ProcessIdentity.name)-"
    }

    /// Lets the next one in.
    /// - Parameter isGone: whether what has the folder's name is not the folder any more, so that nothing may be removed.
    func release(isGone: Bool) {
        if isGone { own?.abandon() } else { own?.release() }
        if isGone { whole.abandon() } else { whole.release() }
    }
}
