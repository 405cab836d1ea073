import Foundation

/// How many processors this process was given: on a shared machine fewer than there are.
package enum ProcessorSupply {
    /// At least 1: those that it may run on, no more than its control groups' quota, no more than Slurm allotted to each task.
    package static func count(
        groups: [ControlGroup] = ControlGroup.all(of: "cpu"),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Int {
        let allotted = environment["SLURM_CPUS_PER_TASK"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        // The mask may name processors that are not there.
        let bounds = [affinity, allotted].compactMap(\.self) + groups.compactMap(quota)
        return max(1, bounds.reduce(ProcessInfo.processInfo.activeProcessorCount, min))
    }

    /// Processors that the scheduler may put the process on, from the mask in its status ("ff,ffffffff"); nil where the system does not
    /// tell. The C library's function for it is not to be seen from here.
    private static var affinity: Int? {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let mask = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }?.dropFirst(
            "Cpus_allowed:".count)
        let count = mask?.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount } ?? 0
        return count > 0 ? count : nil
    }

    /// Processors' worth of time that a group may take, rounded up; nil without a bound.
    private static func quota(_ group: ControlGroup) -> Int? {
        let (quota, period): (Int?, Int?)
        if group.version == 2 {
            let parts = (group.text("cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
            (quota, period) = (parts.first.flatMap { Int($0) }, parts.dropFirst().first.flatMap { Int($0) })
        } else {
            (quota, period) = (group.number("cpu.cfs_quota_us"), group.number("cpu.cfs_period_us"))
        }
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return (quota - 1) / period + 1
    }
}
