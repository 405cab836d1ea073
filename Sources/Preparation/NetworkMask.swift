import BrainExtraction
import Files
import Preprocessing
import Volumes

/// The brain as the network sees it in all contrasts of a patient, which lie on one grid, and what is odd about it.
struct NetworkMask {
    /// 1 inside.
    let mask: Volume
    /// Smallest Dice of two contrasts' own masks; nil where there is one.
    let agreement: Double?
    /// Contrasts in which the network saw a brain.
    let names: [String]
    /// Each as a sentence without its full stop.
    let doubts: [String]

    /// In mm: what a mask leaves out is lost for good.
    private static let margin = 1.0
    /// Measured: docs/benchmarks/brain-mask.md.
    private static let (leastAgreement, mostApart, mostCut) = (0.95, 0.02, 0.25)

    /// - Returns: nil where the network sees no brain in any of the contrasts, or none in their mean.
    init?(_ brain: BrainExtraction, _ volumes: [Volume], names: [String]) {
        var (seen, masks, doubts): ([String], [VoxelRegion], [String]) = ([], [], [])
        var sum: Volume?
        for (name, volume) in zip(names, volumes) {
            do throws(BrainExtractionError) {
                let probability = try brain.probability(of: volume)
                let own = try BrainExtraction.mask(from: probability, threshold: BrainExtraction.threshold)
                masks.append(VoxelRegion(own.grid.size, own.voxels.map { $0 > 0 }))
                seen.append(name)
                if sum == nil {
                    sum = probability
                } else {
                    for index in probability.voxels.indices { sum?.voxels[index] += probability.voxels[index] }
                }
            } catch {
                doubts.append("the network sees no brain in \(name), which had no part in the brain mask")
            }
        }
        guard var mean = sum else { return nil }
        let count = Float(masks.count)
        for index in mean.voxels.indices { mean.voxels[index] /= count }
        guard let mask = try? BrainExtraction.mask(from: [mean], margin: Self.margin) else { return nil }
        (self.mask, self.names) = (mask, seen)

        var worst: (dice: Double, one: String, other: String)?
        for one in masks.indices {
            for other in masks.indices where other > one {
                let dice = Self.dice(masks[one], masks[other])
                if dice < worst?.dice ?? 2 { worst = (dice, seen[one], seen[other]) }
            }
        }
        agreement = worst?.dice
        if let worst, worst.dice < Self.leastAgreement {
            doubts.append(
                "the network's brain masks of \(worst.one) and \(worst.other) agree by a Dice of only"
                    + " \(worst.dice.hundredths), of \(Self.leastAgreement) and more usually; look at it in the report")
        }
        let brainVoxels = mean.voxels.count { $0 > BrainExtraction.threshold }
        let apart = zip(mean.voxels, mask.voxels).count { $0 > BrainExtraction.threshold && $1 == 0 }
        if Double(apart) > Self.mostApart * Double(brainVoxels) {
            doubts.append(
                "\(Int((100 * Double(apart) / Double(brainVoxels)).rounded())) % of what the network takes for brain lies"
                    + " apart from the largest body, which alone is the brain mask; look at it in the report")
        }
        for (side, share) in Self.cut(mask) where share > Self.mostCut {
            doubts.append(
                "the brain mask is cut off by the field of view \(side); look at it in the report")
        }
        self.doubts = doubts
    }

    private static func dice(_ one: VoxelRegion, _ other: VoxelRegion) -> Double {
        let both = zip(one.voxels, other.voxels).count { $0 && $1 }
        return 2 * Double(both) / Double(max(one.count + other.count, 1))
    }

    /// Of every side of the field of view but the lowest one: what the mask covers there, as a share of its largest plane.
    private static func cut(_ mask: Volume) -> [(side: String, share: Double)] {
        let upright = mask.reorientedToRAS()
        let size = upright.grid.size
        var planes = (0..<3).map { [Int](repeating: 0, count: size[$0]) }
        for k in 0..<size.z {
            for j in 0..<size.y {
                let row = size.x * (j + size.y * k)
                for i in 0..<size.x where upright.voxels[row + i] > 0 {
                    planes[0][i] += 1
                    planes[1][j] += 1
                    planes[2][k] += 1
                }
            }
        }
        func share(_ axis: Int, _ plane: Int?) -> Double {
            Double(plane ?? 0) / Double(max(planes[axis].max() ?? 0, 1))
        }
        return [
            ("on the left", share(0, planes[0].first)), ("on the right", share(0, planes[0].last)),
            ("at the back", share(1, planes[1].first)), ("in front", share(1, planes[1].last)),
            ("at the top", share(2, planes[2].last)),
        ]
    }
}

extension Double {
    fileprivate var hundredths: String { "\((self * 100).rounded() / 100)" }
}
