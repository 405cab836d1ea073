import Volumes

/// Brings a patient's volumes into RAS order on the grid of the reference contrast.
struct Aligner {
    /// The reference grid in RAS order.
    let grid: Grid
    private(set) var notes: [String] = []
    private let reference: PreprocessingInput
    private let referenceName: String

    init(reference: PreprocessingInput, name: String) throws(PreprocessingError) {
        try Self.checkGrid(reference.volume.grid, path: reference.path, name: name)
        (self.reference, referenceName) = (reference, name)
        grid = reference.volume.grid.reorientedToRAS()
    }

    /// A contrast on the reference grid, in RAS order; resampled, with a note, if its own grid differs.
    mutating func align(_ input: PreprocessingInput, name: String) throws(PreprocessingError) -> Volume {
        try Self.checkGrid(input.volume.grid, path: input.path, name: name)
        let volume = input.volume.finite().reorientedToRAS()
        if volume.grid.isClose(to: grid) { return Volume(grid: grid, voxels: volume.voxels) }
        try requireOverlap(volume.grid, input, name: name)
        notes.append(
            "\(name) (\(input.path), \(Self.text(volume.grid))) was resampled (linear) onto the grid of \(referenceName) (\(Self.text(grid)))"
        )
        return volume.resampled(onto: grid)
    }

    /// True inside the mask, on the reference grid, in RAS order; resampled, with a note, if its own grid differs.
    mutating func align(mask input: PreprocessingInput) throws(PreprocessingError) -> [Bool] {
        let name = Self.maskName
        try Self.checkGrid(input.volume.grid, path: input.path, name: name)
        let own = BrainMask.inside(input.volume)
        let volume = Volume(grid: input.volume.grid, voxels: own.map { $0 ? 1 : 0 }).reorientedToRAS()
        guard volume.voxels.contains(1) else {
            throw PreprocessingError(
                .badMask, path: input.path,
                "\(name) (\(input.path)) is empty: give a mask with voxels above 0 inside the brain, or none")
        }
        if volume.grid.isClose(to: grid) { return volume.voxels.map { $0 > 0 } }
        try requireOverlap(volume.grid, input, name: name)
        let inside = volume.resampled(onto: grid).voxels.map { $0 >= 0.5 }
        guard inside.contains(true) else { throw noOverlap(input, name: name) }
        notes.append("\(name) (\(input.path)) was resampled onto the grid of \(referenceName)")
        return inside
    }

    private func requireOverlap(
        _ other: Grid, _ input: PreprocessingInput, name: String
    ) throws(PreprocessingError) {
        guard other.overlaps(grid) else { throw noOverlap(input, name: name) }
    }

    private func noOverlap(_ input: PreprocessingInput, name: String) -> PreprocessingError {
        Self.noOverlap(name, path: input.path, referenceName: referenceName, referencePath: reference.path)
    }

    static func noOverlap(
        _ name: String, path: String, referenceName: String, referencePath: String
    ) -> PreprocessingError {
        PreprocessingError(
            name == maskName ? .badMask : .noOverlap, path: path,
            "\(name) (\(path)) does not overlap \(referenceName) (\(referencePath)) in space: register them first or correct the headers"
        )
    }

    static let maskName = "brain mask"

    /// Refuses unusable geometry.
    static func checkGrid(_ grid: Grid, path: String, name: String) throws(PreprocessingError) {
        let spacing = grid.spacing
        let sizes = [grid.size.x, grid.size.y, grid.size.z]
        let lengths = [spacing.x, spacing.y, spacing.z]
        guard sizes.allSatisfy({ $0 > 0 }), lengths.allSatisfy({ $0.isFinite && $0 > 0 }), grid.affine.inverse() != nil
        else {
            throw PreprocessingError(
                .badGeometry, path: path,
                "\(name) (\(path)) has an unusable geometry (\(text(grid))): correct the affine in its header")
        }
    }

    private static func text(_ grid: Grid) -> String {
        let lengths = [grid.spacing.x, grid.spacing.y, grid.spacing.z].map(\.millimetres)
        return "\(grid.size.x)×\(grid.size.y)×\(grid.size.z) at \(lengths.joined(separator: "×")) mm"
    }
}

extension Volume {
    /// With 0 for voxels that are no numbers: mostly a background that another program marked so.
    fileprivate func finite() -> Volume {
        guard voxels.contains(where: { !$0.isFinite }) else { return self }
        return Volume(grid: grid, voxels: voxels.map { $0.isFinite ? $0 : 0 })
    }
}

extension Double {
    /// A length to the micrometre, for messages.
    var millimetres: String { "\((self * 1000).rounded() / 1000)" }
}
