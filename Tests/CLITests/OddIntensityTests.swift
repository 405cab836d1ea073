import Foundation
import Tensors
import Testing
import Volumes

/// The advice fits what is wrong with the intensities.
struct OddIntensityTests {
    /// What becomes of a T2's voxels, and what has to be said of it.
    private struct Case: Sendable {
        let name: String
        let change: @Sendable (_ value: Float, _ index: Int) -> Float
        let says: [String]
        let never: [String]
    }

    private static func noise(_ index: Int) -> Float {
        var generator = SeededGenerator(seed: UInt64(index + 1))
        return Float.random(in: -1...1, using: &generator)
    }

    private static let all = [
        "z-scores", "CT?", "a background?", "begins from", "ringing", "subtracted", "covers only a part",
    ]

    private static func expecting(
        _ name: String, _ says: String..., change: @escaping @Sendable (Float, Int) -> Float
    ) -> Case {
        Case(name: name, change: change, says: says, never: all.filter { known in !says.contains { $0 == known } })
    }

    private static let cases = [
        expecting("scores", "z-scores", "give the scan before it was standardised") { value, _ in
            value == 0 ? 0 : (value - 300) / 100
        },
        // Standardised with the zeros around the head, which are then all the same fraction.
        expecting("whole-scores", "z-scores", "standardised") { value, _ in (value - 161) / 165 },
        expecting("minus-one", "a background?", "100.0 % of them are exactly -1,", "set it to 0") { value, _ in
            value == 0 ? -1 : value
        },
        expecting("minus-tenth", "a background?", "exactly -0.1,") { value, _ in value == 0 ? -0.1 : value },
        expecting("minus-one-to-one", "begins from", "exactly -1,", "add 1 to every voxel") { value, _ in
            value == 0 ? -1 : value / 400 - 1
        },
        expecting("ct", "CT?", "down to -1024", "give the MR image") { value, _ in
            value == 0 ? -1024 : (value - 300) / 5
        },
        expecting("ct-air", "CT?", "down to -10") { value, index in
            value == 0 ? -1000 + 20 * noise(index) : (value - 300) / 5
        },
        expecting("ringing", "ringing", "resample linearly or set them to 0") { value, index in
            value == 0 ? 3 * noise(index) : value
        },
        expecting("offset", "subtracted", "down to -") { value, index in
            value == 0 ? 0 : value - 280 + 5 * noise(index)
        },
        // Not odd, but told: what it does not cover does not count.
        expecting("part") { value, index in index % (40 * 48) < 40 * 30 ? 0 : value },
        expecting("fine") { value, index in value + (index % 60 == 0 ? -value - 2 : 0) },
    ]

    @Test func theAdviceFitsTheCause() throws {
        let work = try Workplace()
        for odd in Self.cases {
            let folder = work.root.appending(path: "in/\(odd.name)")
            try Phantom.write(["T1", "T1Gd", "T2"], to: folder)
            var volume = Phantom.volume("T2")
            volume.voxels = volume.voxels.enumerated().map { odd.change($0.element, $0.offset) }
            try NIfTIFile.write(volume, to: folder.appending(path: "T2.nii.gz").path)
        }
        let run = try CLI(["preprocess", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("warning: part: partial-coverage: T2 (T2.nii.gz) covers "))
        for odd in Self.cases {
            let lines = run.errors.split(separator: "\n").filter {
                $0.hasPrefix("warning: \(odd.name): odd-intensities: T2 (T2.nii.gz) ")
            }
            guard !odd.says.isEmpty else {
                #expect(lines.isEmpty, "\(lines)")
                continue
            }
            let line = try #require(lines.first, "\(odd.name): \(run.errors)")
            #expect(lines.count == 1)
            for part in odd.says { #expect(line.contains(part), "\(line)") }
            for part in odd.never { #expect(!line.contains(part), "\(line)") }
        }
    }
}
