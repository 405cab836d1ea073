import Foundation
import Pipeline
import Testing

struct MemoryTests {
    private static let sizes: [(String, Int)] = [
        ("2G", 2_000_000_000), ("2g", 2_000_000_000), ("1500M", 1_500_000_000), ("2.5 GB", 2_500_000_000),
        ("1T", 1_000_000_000_000), ("3000000", 3_000_000), ("4000K", 4_000_000),
    ]

    @Test(arguments: sizes)
    func sizesAreUnderstood(_ text: String, _ bytes: Int) {
        #expect(MemoryLimit.bytes(text) == bytes)
    }

    @Test(arguments: ["", "G", "two", "-2G", "2GiB", "2P", "0", "1K", "nan", "inf", "1e400G", "2G2", "٢G", "1..5G"])
    func otherSizesAreNot(_ text: String) {
        #expect(MemoryLimit.bytes(text) == nil)
    }

    @Test func theMachineTellsItsMemory() throws {
        let available = try #require(MemoryLimit.available())
        #expect(available > 50_000_000 && available < Int(ProcessInfo.processInfo.physicalMemory))
        #expect(MemoryLimit.resident() > 1_000_000)
    }

    /// In units of 2^20 bytes, less what is taken already.
    @Test func whatSlurmSetAsideBounds() throws {
        let all = try #require(MemoryLimit.available(environment: [:]))
        let node = try #require(MemoryLimit.available(environment: ["SLURM_MEM_PER_NODE": "10"]))
        #expect(node <= 10 << 20)
        let each = ["SLURM_MEM_PER_CPU": "5", "SLURM_CPUS_ON_NODE": "2"]
        #expect(try #require(MemoryLimit.available(environment: each)) <= 10 << 20)
        for nothing in ["0", "", "-5", "lots"] {
            let available = try #require(MemoryLimit.available(environment: ["SLURM_MEM_PER_NODE": nothing]))
            #expect(available > all / 2)
        }
    }
}
