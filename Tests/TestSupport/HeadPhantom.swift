import Foundation
import Registration
import Volumes

/// A head of scalp, bone, brain and ventricles whose folds depend on a seed, in contrasts that share no grey values.
package struct HeadPhantom {
    package enum Contrast: CaseIterable {
        case t1, t2, flair
    }

    private struct Blob {
        let centre: SIMD3<Double>
        let width: Double
        let weight: Double
    }

    private let blobs: [Blob]
    /// Left for right.
    private let isMirrored: Bool

    package init(seed: UInt64, isMirrored: Bool = false) {
        var random = SplitMix64(seed: seed)
        blobs = (0..<70).map { _ in
            Blob(
                centre: SIMD3(
                    .random(in: -60...60, using: &random), .random(in: -75...75, using: &random),
                    .random(in: -50...50, using: &random)),
                width: .random(in: 8...18, using: &random), weight: .random(in: -1...1, using: &random))
        }
        self.isMirrored = isMirrored
    }

    /// scalp, bone, fluid, grey matter, white matter, ventricle; nil outside. `place` in mm from the head's centre.
    private func tissue(_ place: SIMD3<Double>) -> Int? {
        let p = isMirrored ? SIMD3(-place.x, place.y, place.z) : place
        let radius = (p * p / (SIMD3(72, 90, 66) * SIMD3(72, 90, 66))).sum().squareRoot()
        if radius > 1 { return nil }
        if radius > 0.93 { return 0 }
        if radius > 0.86 { return 1 }
        let fold = blobs.reduce(0.0) { sum, blob in
            let d = p - blob.centre
            let square = (d * d).sum() / (2 * blob.width * blob.width)
            return square < 8 ? sum + blob.weight * exp(-square) : sum
        }
        let ventricle = (p - SIMD3(9, 5, 8)) / SIMD3(7, 26, 10)
        if (ventricle * ventricle).sum() < 1 { return 5 }
        if radius > 0.82 { return 2 }
        return fold > 0.15 ? 3 : fold < -0.35 ? 2 : 4
    }

    private static let brightness: [[Double]] = [
        [900, 60, 150, 450, 700, 130], [500, 50, 950, 550, 380, 1000], [450, 60, 120, 620, 480, 90],
    ]

    /// The head as a scanner sees it after it moved.
    /// - Parameter motion: from the head at rest, about the world's origin, to where it is.
    package func volume(_ contrast: Contrast, _ grid: Grid, moved motion: RigidMotion = .identity) -> Volume {
        let table = Self.brightness[Contrast.allCases.firstIndex(of: contrast)!]
        let back = motion.inverse
        var noise = SplitMix64(seed: 3)
        // A voxel is the mean of what it holds.
        let parts = (0..<8).map { part in
            [grid.affine.i, grid.affine.j, grid.affine.k].enumerated().reduce(SIMD3<Double>.zero) { sum, step in
                sum + step.element * (part >> step.offset & 1 == 0 ? -0.25 : 0.25)
            }
        }
        return SyntheticVolumes.field(grid) { place in
            let sum = parts.reduce(0.0) { sum, part in
                sum + (tissue(back.moved(place + part)).map { table[$0] } ?? 0)
            }
            return max(0, sum / 8 + Double.random(in: -25...25, using: &noise))
        }
    }

    /// Axial slices of 4 mm, 3 mm in plane.
    package static let axial = SyntheticVolumes.grid([60, 70, 40], spacing: [3, 3, 4], origin: [-88, -103, -78])
    /// Sagittal slices of 4 mm, stored with k to the right.
    package static let sagittal = Grid(
        size: [72, 62, 46],
        affine: Affine(i: [0, 3, 0], j: [0, 0, 3], k: [4, 0, 0], origin: [-90, -106, -91]))

    /// The brain, 1 inside, as it lies after the head moved.
    package static func brain(_ grid: Grid, moved motion: RigidMotion = .identity) -> Volume {
        let back = motion.inverse
        return SyntheticVolumes.field(grid) { place in
            let p = back.moved(place)
            return (p * p / (SIMD3(72, 90, 66) * SIMD3(72, 90, 66))).sum().squareRoot() < 0.86 ? 1 : 0
        }
    }
}
