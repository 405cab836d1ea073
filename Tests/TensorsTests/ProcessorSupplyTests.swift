import Foundation
import Tensors
import Testing
import TestSupport

/// Threads follow what the process was given.
struct ProcessorSupplyTests {
    /// Control groups as files: `membership` is /proc/self/cgroup, the rest lies below /sys/fs/cgroup.
    private func count(_ membership: String, _ files: [String: String]) throws -> Int {
        let root = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: root) }
        let place = root.appending(path: "membership")
        try Data(membership.utf8).write(to: place)
        for (name, text) in files {
            let file = root.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let groups = ControlGroup.all(of: "cpu", membership: place.path, root: root.path)
        return ProcessorSupply.count(groups: groups, environment: [:])
    }

    private var all: Int { ProcessorSupply.count(groups: [], environment: [:]) }

    @Test(
        arguments: [
            ("0::/\n", ["cpu.max": "100000 100000\n"], 1),
            ("0::/\n", ["cpu.max": "max 100000\n"], nil),
            (
                "0::/slurm/job_1/step_0\n",
                ["slurm/job_1/cpu.max": "50000 100000\n", "slurm/job_1/step_0/cpu.max": "max 1\n"], 1
            ),
            ("0::/gone\n", [:], nil),
            ("0::/\n", ["cpu.max": "garbage"], nil),
            ("0::/\n", ["cpu.max": "-1 0\n"], nil),
            (
                "7:cpu,cpuacct:/docker/x\n",
                ["cpu/docker/x/cpu.cfs_quota_us": "1\n", "cpu/docker/x/cpu.cfs_period_us": "9\n"], 1
            ),
            ("7:cpu:/\n", ["cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"], nil),
            ("7:memory:/\n", ["memory/cpu.cfs_quota_us": "1\n", "memory/cpu.cfs_period_us": "9\n"], nil),
            ("0::/\n", ["cpu.max": "9000000000000000000 1\n"], nil),
        ] as [(String, [String: String], Int?)])
    func quotasOfControlGroupsBound(_ membership: String, _ files: [String: String], _ count: Int?) throws {
        #expect(try self.count(membership, files) == count ?? all)
    }

    @Test func numbersOfAGroupAreRead() throws {
        let root = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: root) }
        try Data("0::/\n".utf8).write(to: root.appending(path: "m"))
        try Data("1048576\n".utf8).write(to: root.appending(path: "memory.max"))
        let group = try #require(
            ControlGroup.all(of: "memory", membership: root.path + "/m", root: root.path).first)
        #expect(group.number("memory.max") == 1_048_576 && group.version == 2)
        #expect(group.number("memory.high") == nil)
    }

    @Test(
        arguments: [("1", 1), ("0", nil), ("", nil), ("-3", nil), ("many", nil), ("100000", nil)] as [(String, Int?)])
    func slurmsAllotmentBounds(_ value: String, _ count: Int?) {
        #expect(ProcessorSupply.count(groups: [], environment: ["SLURM_CPUS_PER_TASK": value]) == count ?? all)
    }

    @Test func atLeastOne() { #expect(all >= 1) }
}
