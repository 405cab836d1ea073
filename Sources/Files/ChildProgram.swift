import Foundation

/// Another program, run to its end or to a time limit, in a process group of its own.
///
/// Its output is read and its end kept: nothing of it goes to our own. A program that does not end in time is killed
/// with all that it started.
package struct ChildProgram: Sendable {
    /// How a run ended.
    package enum End: Sendable, Equatable {
        /// By itself, with this status.
        case exit(Int32)
        /// By this signal.
        case signal(Int32)
        /// It was killed after the time limit.
        case timeout
        /// It could not be started: the system's error number.
        case notStarted(Int32)
    }

    /// Bytes of its output that are kept: the last ones.
    private static let kept = 1 << 16

    /// The program's file.
    package let path: String

    package init(_ path: String) { self.path = path }

    /// A program by its name, looked for in the folders of `PATH` as a shell does.
    package init?(named name: String, searchPath: String?) {
        let folders = (searchPath ?? "").split(separator: ":").map(String.init)
        guard let path = folders.map({ "\($0)/\(name)" }).first(where: Self.isProgram) else { return nil }
        self.path = path
    }

    /// Whether there is a file that may be run.
    package static func isProgram(_ path: String) -> Bool {
        FileStatus(path)?.kind == .regular && access(path, X_OK) == 0
    }

    /// - Parameters:
    ///   - timeLimit: seconds.
    ///   - started: told the process, which leads a group of its own.
    /// - Returns: how it ended, and what it wrote to standard output and standard error.
    package func run(
        _ arguments: [String], timeLimit: Double, started: (pid_t) -> Void = { _ in }
    ) -> (end: End, output: String) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return (.notStarted(errno), "") }
        // So that no other program started meanwhile holds them open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var process: pid_t = 0
        let status = spawn(arguments, output: ends[1], &process)
        close(ends[1])
        guard status == 0 else { return (.notStarted(status), "") }
        started(process)
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(timeLimit)
        func left() -> Int32 { Int32(max(0, min(1e6, (deadline - clock.now) / .milliseconds(1)))) }
        let output = Self.read(ends[0], left)
        var code: Int32 = 0
        while waitpid(process, &code, WNOHANG) == 0 {
            if left() == 0 {
                kill(-process, SIGKILL)
                while waitpid(process, &code, 0) < 0, errno == EINTR {}
                return (.timeout, output)
            }
            usleep(2000)
        }
        // What it left behind.
        kill(-process, SIGKILL)
        let signal = code & 0x7F
        return (signal == 0 ? .exit(code >> 8 & 0xFF) : .signal(signal), output)
    }

    private func spawn(_ arguments: [String], output: Int32, _ process: inout pid_t) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        return posix_spawn(&process, path, &actions, &attributes, words, environ)
    }

    /// Up to the end of the output or the deadline.
    private static func read(_ file: Int32, _ left: () -> Int32) -> String {
        var (output, block) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 14))
        while true {
            var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, left())
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { break }
            let count = Foundation.read(file, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            output += block[..<count]
            if output.count > 2 * kept { output.removeFirst(output.count - kept) }
        }
        return String(decoding: output.suffix(kept), as: UTF8.self)
    }
}
