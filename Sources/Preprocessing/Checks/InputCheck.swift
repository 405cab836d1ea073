import Volumes

/// Whether a patient's images are what they are taken for: judged once per patient from all its contrasts, on a coarse lattice.
package struct InputCheck: Sendable {
    /// In the order of `InputFinding.Kind`.
    package let findings: [InputFinding]
    /// In what the brain mask does not agree with the images, e.g. "leaves out …": the brain is then found from them. Nil where
    /// it does, or there is none.
    package let maskProblem: String?

    package var believesMask: Bool { maskProblem == nil }

    /// - Parameters:
    ///   - inputs: one per contrast, nil where the patient lacks it.
    ///   - contrasts: their names.
    package init(_ inputs: [PreprocessingInput?], brainMask: PreprocessingInput?, contrasts: [String]) {
        guard let overview = Overview(inputs) else {
            (findings, maskProblem) = ([], nil)
            return
        }
        let isHead = SkullCheck.isHead(overview)
        var findings: [InputFinding] = []
        var (mask, maskProblem): (VoxelRegion?, String?)
        // One that holds nothing is refused by who prepares the patient.
        if let brainMask, let region = overview.mask(brainMask) {
            maskProblem = MaskCheck(region, overview, isHead: isHead).problem
            if let problem = maskProblem {
                findings.append(.mask(file(brainMask.path), problem, isHead: isHead))
            } else {
                mask = region
            }
        }
        if isHead, mask == nil { findings.append(.skull) }
        let brain = mask ?? overview.union(of: overview.available)
        let holes = Coverage.holes(
            data: overview.images.map { $0?.data }, brain: brain.voxels.map { $0 ? 1 : 0 }, size: overview.size,
            hasMask: mask != nil)
        for (index, hole) in holes.enumerated() {
            guard let hole, let path = inputs[index]?.path else { continue }
            findings.append(.coverage(contrasts[index], file(path), overview.share(coveredBy: index, hole, of: brain)))
        }
        for (contrast, reference, misfit) in AlignmentCheck(overview, holes: holes).misfits() {
            guard let path = inputs[contrast]?.path else { continue }
            findings.append(.alignment("\(contrasts[contrast]) (\(file(path)))", contrasts[reference], misfit))
        }
        let noNumbers = inputs.map { input in input.flatMap(overview.noNumbers) }
        let background = overview.available.count > 1 ? Overview.least(overview.available.map { noNumbers[$0] }) : nil
        for (index, input) in inputs.enumerated() {
            guard let input, let share = noNumbers[index] else { continue }
            findings += InputFinding.notFinite(contrasts[index], input, share, background, brain, overview)
        }
        (self.findings, self.maskProblem) = (findings, maskProblem)
    }
}

/// The last part of a path: a result is the same wherever its inputs lie.
private func file(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

extension InputFinding {
    fileprivate static func mask(_ path: String, _ problem: String, isHead: Bool) -> InputFinding {
        InputFinding(
            kind: .doubtfulMask,
            text: "the brain mask (\(path)) \(problem); it is not used, the brain is taken from the contrasts"
                + (isHead ? ", which show the skull, too" : "") + "; give a mask of the whole brain on these images")
    }

    fileprivate static let skull = InputFinding(
        kind: .skull,
        text: "the contrasts show the skull and there is no brain mask to go by, so skin and bone count as brain;"
            + " strip the skull or put a brain mask beside the images")

    fileprivate static func coverage(_ name: String, _ path: String, _ covered: Double) -> InputFinding {
        InputFinding(
            kind: .partialCoverage,
            text:
                "\(name) (\(path)) covers \(percent(covered)) of the brain; where it has no data, the result is what it"
                + " would be without \(name)")
    }

    fileprivate static func alignment(
        _ contrast: String, _ reference: String, _ misfit: AlignmentCheck.Misfit
    ) -> InputFinding {
        let text =
            switch misfit {
            case .moved(let distance, let degrees, let shift):
                "\(contrast) lies about \(format(distance, 1)) mm off \(reference) (it fits best shifted by"
                    + " \(numbers(shift)) mm and turned by \(numbers(degrees))°); register the"
                    + " contrasts to each other first"
            case .turned(let how):
                "\(contrast) seems to be \(how) against \(reference); compare the two and correct the one that is wrong"
            case .differs:
                "\(contrast) does not seem to show the same head as \(reference), or is turned; look whether it is this"
                    + " patient's"
            }
        return InputFinding(kind: .misaligned, text: text)
    }

    private static func numbers(_ values: SIMD3<Double>) -> String {
        "(" + [values.x, values.y, values.z].map { format($0, 1) }.joined(separator: ", ") + ")"
    }

    /// Voxels that are no numbers inside the brain; outside they are background.
    fileprivate static func notFinite(
        _ name: String, _ input: PreprocessingInput, _ share: [Float], _ background: [Float]?, _ brain: VoxelRegion,
        _ overview: Overview
    ) -> [InputFinding] {
        let background = background ?? share.map { _ in 0 }
        // A background of such voxels reaches into the cells at the brain's surface, and is in every contrast.
        let deep = brain.filled().eroded().eroded().eroded()
        let inside = share.indices.reduce(0.0) {
            deep.voxels[$1] ? $0 + Double(max(share[$1] - background[$1], 0)) : $0
        }
        let part = inside / Double(max(brain.count, 1))
        let spacing = input.volume.grid.spacing
        let voxels = inside * overview.cellVolume * 1000 / (spacing.x * spacing.y * spacing.z)
        guard voxels >= 1 else { return [] }
        return [
            InputFinding(
                kind: .notFinite,
                text:
                    "\(name) (\(file(input.path))): about \(Int(voxels.rounded())) voxels inside the brain (\(percent(part))) are NaN"
                    + " or infinite and count as 0; repair the volume")
        ]
    }
}
