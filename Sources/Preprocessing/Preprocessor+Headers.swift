import Volumes

/// Where a volume lies, known from its header.
package struct PlacedGrid: Sendable {
    package let grid: Grid
    /// Where the volume was read from, for messages.
    package let path: String

    package init(_ grid: Grid, path: String) {
        (self.grid, self.path) = (grid, path)
    }
}

extension Preprocessor {
    /// Refuses what ``prepare(_:brainMask:)`` refuses whatever the voxels are, with the same words.
    /// - Parameter contrasts: one per contrast of the settings, nil where the patient lacks it.
    /// - Returns: the reference contrast, nil where there is no contrast.
    /// - Throws: `PreprocessingError` for impossible settings or geometry and for volumes that do not overlap the reference.
    @discardableResult
    package func checkGrids(
        _ contrasts: [PlacedGrid?], brainMask: PlacedGrid?
    ) throws(PreprocessingError) -> PlacedGrid? {
        try checkSettings()
        guard let first = contrasts.firstIndex(where: { $0 != nil }), let reference = contrasts[first] else {
            return nil
        }
        let referenceName = settings.contrasts[first]
        try Aligner.checkGrid(reference.grid, path: reference.path, name: referenceName)
        let grid = reference.grid.reorientedToRAS()
        _ = try planeGeometry(grid, path: reference.path)
        for (name, other) in zip(settings.contrasts + [Aligner.maskName], contrasts + [brainMask]) {
            guard let other else { continue }
            try Aligner.checkGrid(other.grid, path: other.path, name: name)
            let own = other.grid.reorientedToRAS()
            guard own.isClose(to: grid) || own.overlaps(grid) else {
                throw Aligner.noOverlap(
                    name, path: other.path, referenceName: referenceName, referencePath: reference.path)
            }
        }
        return reference
    }
}
