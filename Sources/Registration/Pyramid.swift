import Volumes

/// An image at every level of the registration, with its head: what is needed of it, whichever side it is on.
package struct Pyramid: Sendable {
    /// mm between places, coarse to fine.
    static let spacings = [6.0, 3, 2]
    /// Below this in mm along an axis an image is no head.
    private static let smallest = 40.0

    /// Of the image as it was given.
    package let grid: Grid
    let levels: [LevelImage]
    let body: BrightBody

    /// - Parameter image: whose voxels these are, for the error.
    package init(_ volume: Volume, _ image: RegistrationError.Image) throws(RegistrationError) {
        grid = volume.grid
        let extent = SIMD3<Double>(grid.size) * grid.spacing
        guard grid.affine.inverse() != nil, all(extent .>= Self.smallest) else {
            throw RegistrationError(
                .tooSmall, image,
                "is smaller than 40 mm along an axis, too little of a head to be registered; leave it out")
        }
        guard let low = volume.voxels.first(where: { $0.isFinite }),
            volume.voxels.contains(where: { $0.isFinite && $0 != low && max($0, low) > 0 })
        else {
            throw RegistrationError(.showsNothing, image, "shows nothing: no voxel is above 0, or all are alike")
        }
        var levels: [LevelImage] = []
        for spacing in Self.spacings {
            guard let level = LevelImage(volume, spacing: spacing) else {
                throw RegistrationError(.showsNothing, image, "shows nothing: no voxel is above 0")
            }
            levels.append(level)
        }
        self.levels = levels
        body = BrightBody(levels[0])
    }

    /// Corners of the head's box in mm.
    package var corners: [SIMD3<Double>] {
        (0..<8).map { corner in
            var voxel = body.box.low
            for axis in 0..<3 where corner >> axis & 1 == 1 { voxel[axis] = body.box.high[axis] }
            return levels[0].grid.affine.world(voxel)
        }
    }

    /// The middle of the grid in mm.
    var middle: SIMD3<Double> { grid.affine.world((SIMD3<Double>(grid.size) - 1) / 2) }

    /// Where the image is compared with another one.
    /// - Parameter isWanted: of places in mm; nil for all.
    func places(
        level: Int, most: Int, seed: UInt64 = 0, isWanted: ((SIMD3<Double>) -> Bool)? = nil
    ) -> SharedInformation.Places {
        SharedInformation.Places(
            levels[level], grid: grid, spacing: Self.spacings[level], body: body, bodyGrid: levels[0].grid,
            most: most, seed: seed, isWanted: isWanted)
    }
}
