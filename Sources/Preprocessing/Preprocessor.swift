import Volumes

/// Turns a patient's volumes into the slices the network sees, in the same way at training, imputation and evaluation.
///
/// Reorient to RAS (exact) → bring every contrast onto the grid of the first one → normalise (method.md §5) → resample each axial slice
/// to the network's spacing → crop around the brain. Everything after the reorientation happens in RAS order, so the result does not
/// depend on how the volume was stored.
package struct Preprocessor: Sendable {
    /// In-plane spacing that differs from the network's by at most this fraction is taken as equal.
    package static let spacingTolerance = 0.005
    /// Farthest that an image may reach along one in-plane axis, in mm: about twice the field of view of any head scan. What a header
    /// declares beyond that would cost memory and time out of all proportion to its voxels.
    static let largestExtent = 768.0
    /// Largest number of pixels along one in-plane axis after resampling.
    static let largestSide = 4096
    /// Largest number of pixels of one contrast after resampling.
    static let largestImage = 1 << 27

    /// What the network expects.
    package let settings: PreprocessingSettings

    /// A preprocessor for a network with these settings.
    package init(_ settings: PreprocessingSettings) {
        self.settings = settings
    }

    /// Rows and columns of whole axial slices at the network's spacing, as the crop is taken from; nil where they would be too many.
    ///
    /// - Parameter grid: in RAS order.
    package func resampledSize(of grid: Grid) -> (height: Int, width: Int)? {
        PlaneGeometry(grid: grid, target: settings.spacing).map { ($0.forward.y.outputSize, $0.forward.x.outputSize) }
    }

    /// Prepares one patient.
    ///
    /// - Parameters:
    ///   - inputs: one per contrast of the settings, nil where the patient lacks it. The first present one is the reference: others on
    ///     another grid are resampled (linear) onto its grid, with a note.
    ///   - brainMask: the brain, if `InputCheck` believes it; without one the brain is where any present contrast shows something
    ///     (`ImageSupport`), and each contrast is normalised over its own voxels there.
    /// - Throws: `PreprocessingError` for no contrast at all, impossible settings or geometry, a contrast without voxels > 0 in the
    ///   brain, one that cannot be normalised (constant, or > 99.5 % zeros), a contrast or mask that does not overlap the reference,
    ///   an empty mask. Voxels that are no numbers count as 0.
    /// - Precondition: `inputs.count == settings.contrasts.count`.
    package func prepare(
        _ inputs: [PreprocessingInput?], brainMask: PreprocessingInput? = nil
    ) throws(PreprocessingError) -> PreparedPatient {
        precondition(inputs.count == settings.contrasts.count, "one input per contrast")
        try checkSettings()
        guard let firstPresent = inputs.firstIndex(where: { $0 != nil }), let reference = inputs[firstPresent] else {
            throw PreprocessingError(
                .noContrast,
                "none of the contrasts \(settings.contrasts.joined(separator: ", ")) was found: nothing to work from")
        }
        var aligner = try Aligner(reference: reference, name: settings.contrasts[firstPresent])
        let plane = try planeGeometry(aligner.grid, path: reference.path)

        var sources: [Volume?] = []
        for (name, input) in zip(settings.contrasts, inputs) {
            guard let input else {
                sources.append(nil)
                continue
            }
            sources.append(try aligner.align(input, name: name))
        }
        let mask = try brainMask.map { input throws(PreprocessingError) in try aligner.align(mask: input) }

        let regions = zip(sources, inputs).map { source, input -> [Bool]? in
            guard mask == nil, let source, let support = input?.support else { return nil }
            return support.region(source)
        }
        var brain = mask ?? [Bool](repeating: false, count: aligner.grid.count)
        for region in regions.compactMap({ $0 }) {
            for voxel in brain.indices where region[voxel] { brain[voxel] = true }
        }
        let holes = holes(
            sources, floors: inputs.map { $0?.support.floor ?? 0 }, brain: brain, hasMask: mask != nil, aligner.grid)
        var (scales, percentiles) = ([Float?](), [Float?]())
        for (index, source) in sources.enumerated() {
            guard let source, let path = inputs[index]?.path else {
                scales.append(nil)
                percentiles.append(nil)
                continue
            }
            let subject = "\(settings.contrasts[index]) (\(path))"
            var covered = mask ?? regions[index] ?? brain
            if let hole = holes[index] { covered = zip(covered, hole).map { $0 && !$1 } }
            let values = try sample(of: source.voxels, in: covered, hasMask: mask != nil, subject, path)
            scales.append(try scale(settings.normalisation, values, subject, path))
            percentiles.append(
                settings.normalisation == .metrics ? scales[index] : try scale(.metrics, values, subject, path))
        }
        return try assemble(
            sources: sources, scales: scales, percentiles: percentiles, brain: brain, holes: holes,
            hasMask: mask != nil, plane: plane,
            aligner: aligner, reference: reference)
    }

    private func assemble(
        sources: [Volume?], scales: [Float?], percentiles: [Float?], brain: [Bool], holes: [[Bool]?], hasMask: Bool,
        plane: PlaneGeometry, aligner: Aligner, reference: PreprocessingInput
    ) throws(PreprocessingError) -> PreparedPatient {
        let forward = plane.forward
        let resampledCoverage = forward.coverage(brain)
        let resampledBrain = resampledCoverage.map { $0 >= 0.5 }
        let (width, height) = (forward.x.outputSize, forward.y.outputSize)
        guard
            let crop = CropWindow(
                brain: resampledBrain, imageWidth: width, imageHeight: height, minimumWidth: settings.cropWidth,
                minimumHeight: settings.cropHeight)
        else {
            throw PreprocessingError(
                .badGeometry, path: reference.path,
                "\(reference.path): nothing of the brain is left at \(settings.spacing) mm: check the voxel size in the header"
            )
        }
        let slices = aligner.grid.size.z
        guard slices <= Self.largestImage / (crop.width * crop.height) else {
            throw PreprocessingError.tooLarge(reference.path, spacing: settings.spacing)
        }
        var notes = aligner.notes
        if plane.isResampled {
            let (from, to) = (aligner.grid.spacing, plane.spacing)
            notes.append(
                "slices were resampled in plane (linear) from \(from.x.millimetres)×\(from.y.millimetres) to \(to.x.millimetres)×\(to.y.millimetres) mm"
            )
        }
        let window = crop.cut(resampledBrain, imageWidth: width, imageHeight: height, outside: false)
        let total = resampledBrain.count { $0 }
        let lost = total - window.count { $0 }
        if lost > 0 {
            notes.append(
                "\(lost) of \(total) brain pixels lie apart from the brain, outside the network's window, and stay 0")
        }
        if !hasMask, brain.count(where: { $0 }) * 5 > brain.count * 4 {
            notes.append(
                "more than 80 % of the voxels count as brain, the background, too: give a brain mask")
        }
        // Of the brain's share of a pixel, how much a contrast with a hole has data for.
        let data = holes.map { hole in
            hole.map { hole in forward.coverage(zip(brain, hole).map { $0 && !$1 }) }
        }
        let missing = data.map { data in
            data.map { data in data.indices.map { resampledBrain[$0] && 2 * data[$0] < resampledCoverage[$0] } }
        }
        let images = sources.indices.map { index -> [Float]? in
            guard let source = sources[index], let scale = scales[index] else { return nil }
            let sums = forward.weightedSum(
                settings.normalisation.normalised(source.voxels, scale: scale, brain: brain))
            let weights = data[index] ?? resampledCoverage
            let hole = missing[index]
            let image = sums.indices.map { resampledBrain[$0] && hole?[$0] != true ? sums[$0] / weights[$0] : 0 }
            return crop.cut(image, imageWidth: width, imageHeight: height, outside: 0)
        }
        let stack = SliceStack(
            contrasts: settings.contrasts, slices: slices, height: crop.height, width: crop.width, images: images,
            brain: window, scales: scales, percentiles: percentiles,
            holes: missing.map { hole in
                hole.map { crop.cut($0, imageWidth: width, imageHeight: height, outside: false) }
            })
        return PreparedPatient(
            stack: stack, referenceGrid: reference.volume.grid, notes: notes, crop: crop, spacing: plane.spacing,
            hasBrainMask: hasMask, normalisation: settings.normalisation, sources: sources, holesRAS: holes,
            brainRAS: brain, gridRAS: aligner.grid,
            backward: plane.backward)
    }

    func checkSettings() throws(PreprocessingError) {
        let (height, width) = (settings.cropHeight, settings.cropWidth)
        guard [height, width].allSatisfy({ $0 > 0 && $0 <= Self.largestSide && $0.isMultiple(of: 16) }) else {
            throw PreprocessingError(
                .badSettings,
                "crop of \(height) × \(width) pixels: height and width must be multiples of 16, at most \(Self.largestSide)"
            )
        }
        guard settings.spacing.isFinite, settings.spacing > 0 else {
            throw PreprocessingError(.badSettings, "in-plane spacing of \(settings.spacing) mm: it must be above 0")
        }
    }

    func planeGeometry(_ grid: Grid, path: String) throws(PreprocessingError) -> PlaneGeometry {
        guard let plane = PlaneGeometry(grid: grid, target: settings.spacing) else {
            throw PreprocessingError.tooLarge(path, spacing: settings.spacing)
        }
        return plane
    }

    /// Where a contrast has no data although the patient has a brain there; nil for a contrast that covers it.
    private func holes(
        _ sources: [Volume?], floors: [Float], brain: [Bool], hasMask: Bool, _ grid: Grid
    ) -> [[Bool]?] {
        let lattice = CoarseLattice(grid)
        let data = zip(sources, floors).map { source, floor -> [Float]? in
            guard let source else { return nil }
            return lattice.means(zip(source.voxels, brain).map { $1 && $0 > floor ? 1 : 0 }).voxels
        }
        let share = lattice.means(brain.map { $0 ? 1 : 0 }).voxels
        let regions = Coverage.holes(data: data, brain: share, size: lattice.grid.size, hasMask: hasMask)
        return sources.indices.map { index in
            guard let source = sources[index], let region = regions[index] else { return nil }
            return lattice.voxels(of: region.dilated()) { brain[$0] && !(source.voxels[$0] > floors[index]) }
        }
    }

    /// A contrast's voxels in the brain.
    /// - Parameters:
    ///   - brain: where the contrast has data.
    ///   - hasMask: whether the brain is a mask's; otherwise only values above 0 count.
    private func sample(
        of voxels: [Float], in brain: [Bool], hasMask: Bool, _ subject: String, _ path: String
    ) throws(PreprocessingError) -> [Float] {
        var sample: [Float] = []
        for index in voxels.indices where brain[index] && (hasMask || voxels[index] > 0) {
            sample.append(voxels[index])
        }
        guard let largest = sample.max(), let smallest = sample.min(), largest > 0 else {
            let place = hasMask ? " inside the brain mask" : ""
            throw PreprocessingError(
                .empty, path: path, "\(subject) has no voxel above 0\(place): leave it out or export it again")
        }
        guard largest > smallest else {
            throw PreprocessingError(
                .degenerate, path: path,
                "\(subject) has the same value \(largest) all over the brain: leave it out or export it again")
        }
        return sample
    }

    /// By what a contrast is divided.
    private func scale(
        _ normalisation: Normalisation, _ sample: [Float], _ subject: String, _ path: String
    ) throws(PreprocessingError) -> Float {
        let scale = normalisation.scale(of: sample) ?? 0
        guard scale > 0, let largest = sample.max(), (largest / scale).isFinite else {
            throw PreprocessingError(
                .degenerate, path: path,
                "\(subject) has a \(normalisation.statistic) of \(scale * normalisation.level) in the brain, too small to"
                    + " normalise by: check the mask and the volume")
        }
        return scale
    }
}

extension PreprocessingError {
    static func tooLarge(_ path: String, spacing: Double) -> PreprocessingError {
        PreprocessingError(
            .badGeometry, path: path,
            "\(path) would need too large an image at \(spacing) mm in plane (more than \(Int(Preprocessor.largestExtent)) mm to a side, or too many"
                + " pixels): check the voxel size in its header")
    }
}
