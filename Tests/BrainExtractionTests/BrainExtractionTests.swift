import BrainExtraction
import Crypto
import Foundation
import Tensors
import TestSupport
import Testing
import Volumes

/// Whole images, against the masks of deepbet in PyTorch (Tests/CrossChecks/brain_golden.py).
@Suite(.serialized) struct BrainExtractionTests {
    private static let extraction = try? BrainExtraction(contentsOf: NetworkTests.path)

    private static func fixture(_ name: String) throws -> Volume {
        try NIfTIFile.read(Fixtures.path("brain/\(name).nii.gz")).volume
    }

    private func probability(of volume: Volume) throws -> Volume {
        try #require(Self.extraction).probability(of: volume)
    }

    private func dice(_ a: Volume, _ b: Volume) -> Double {
        let both = zip(a.voxels, b.voxels).count { $0 > 0 && $1 > 0 }
        return 2 * Double(both) / Double(a.voxels.count { $0 > 0 } + b.voxels.count { $0 > 0 })
    }

    @Test func aHeadIsMaskedAsByDeepbet() throws {
        let head = try Self.fixture("head")
        let probability = try probability(of: head)
        #expect(probability.grid == head.grid)
        #expect(probability.voxels.allSatisfy { (0...1).contains($0) })
        let mask = try BrainExtraction.mask(from: probability, threshold: BrainExtraction.threshold)
        let dice = dice(mask, try Self.fixture("head-mask"))
        #expect(dice > 0.9999, "\(dice)")
        let larger = try BrainExtraction.mask(from: [probability], margin: 3)
        #expect(zip(mask.voxels, larger.voxels).allSatisfy { $0 <= $1 })
        #expect(larger.voxels.reduce(0, +) > 1.03 * mask.voxels.reduce(0, +))
    }

    /// Stripped already, left and right exchanged in storage.
    @Test func theSamplePatientIsMaskedAsByDeepbet() throws {
        let path = URL(filePath: Fixtures.path("")).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "SampleData/complete/patient26/T1.nii.gz").path
        let probability = try probability(of: try NIfTIFile.read(path).volume)
        let mask = try BrainExtraction.mask(from: probability, threshold: BrainExtraction.threshold)
        let dice = dice(mask, try Self.fixture("sample-mask"))
        #expect(dice > 0.9999, "\(dice)")
    }

    /// The storage order does not matter, nor voxels that are no numbers, nor the intensities' unit where it is a power of 2.
    @Test func theSameHeadGivesTheSameBits() throws {
        let head = try Self.fixture("head")
        let expected = try Parallel.withThreads(1) { try probability(of: head) }
        let stored = SyntheticVolumes.stored(
            head.grid.reorientedToRAS(), permutation: [2, 0, 1], flips: [true, false, true])
        var other = head.reoriented(to: stored)
        other.voxels = other.voxels.map { $0 == 0 ? .nan : 8 * $0 }
        let turned = try Parallel.withThreads(3) { try probability(of: other) }
        #expect(turned.grid == stored)
        #expect(turned.reoriented(to: head.grid).voxels == expected.voxels)
        #if arch(x86_64) && compiler(>=6.3) && compiler(<6.4)
            let hash = expected.voxels.withUnsafeBytes { SHA256.hash(data: $0) }.description.suffix(64).prefix(16)
            let known = try JSONDecoder().decode(
                [String: String].self, from: Data(contentsOf: URL(filePath: Fixtures.path("brain/same-bits.json"))))
            #expect(hash == known["\(InstructionSet.current), head"] ?? "", "\(InstructionSet.current), head: \(hash)")
        #endif
    }

    @Test func imagesWithoutAHeadAreRefused() throws {
        func code(_ volume: Volume) throws -> BrainExtractionError.Code? {
            do {
                _ = try probability(of: volume)
                return nil
            } catch let error as BrainExtractionError {
                #expect(!error.message.contains("\n"))
                return error.code
            }
        }
        func image(_ size: SIMD3<Int>, _ value: (Int, Int, Int) -> Float) -> Volume {
            SyntheticVolumes.volume(SyntheticVolumes.grid(size), value)
        }
        #expect(try code(image([20, 30, 10]) { _, _, _ in 5 }) == .showsNothing)
        #expect(try code(image([1, 1, 1]) { _, _, _ in 5 }) == .showsNothing)
        #expect(try code(image([20, 30, 10]) { _, _, _ in .nan }) == .showsNothing)
        #expect(try code(image([40, 40, 40]) { i, j, k in i == 3 && j == 4 && k == 5 ? 1 : 0 }) == .showsNothing)
        // Not a crash, whatever the network makes of it.
        _ = try code(image([2, 1, 3]) { i, _, k in Float(i + k) })
        _ = try code(image([50, 3, 1]) { i, j, _ in i > 25 ? .infinity : Float(j) })
    }
}
