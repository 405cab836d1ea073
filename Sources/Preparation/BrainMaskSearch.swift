import Files
import Patients
import Preprocessing
import Records
import Registration
import Volumes

/// Finds the brain of a patient whose contrasts lie on the reference: one way after the other until a mask is believed.
///
/// The one place where ways are listed: the network, which always answers, is the last of `ways`.
struct BrainMaskSearch {
    /// A mask, 1 inside and 0 outside, on the reference's grid.
    struct Found {
        let mask: Volume
        let record: PreparationRecord.Mask
        let warnings: [ResultWarning]
    }

    private struct Candidate {
        let mask: Volume
        let source: PreparationRecord.Mask.Source
        let origin: String
        var network: NetworkMask?
    }

    /// In ml: what adults' and children's brains have. Beyond `largestStripped` what is shown is a head.
    private static let usual = 900.0...2000
    private static let largestStripped = 2300.0

    let patient: Patient
    let names: [String]
    /// On the reference's grid.
    let volumes: [Volume]
    /// Where the patient's own masks lie.
    let drawn: DrawnMask
    /// The patient's own file.
    let file: String?
    let command: BrainCommand?
    let network: BrainNetwork?
    let scratch: String
    let running: RunningPrograms

    private var reference: Int { drawn.reference }
    private var grid: Grid { volumes[reference].grid }

    private var ways: [() throws(CollaGANError) -> Candidate?] {
        [fromFile, fromStripped, fromCommand, fromNetwork]
    }

    /// - Throws: `CollaGANError.Code.unusablePatient` where nothing tells where the brain is.
    func found() throws(CollaGANError) -> Found {
        var (doubted, tried): ([(found: Found, isUsable: Bool)], [ResultWarning]) = ([], [])
        for way in ways {
            guard let candidate = try way() else { continue }
            let (problem, others) = doubts(about: candidate)
            let warnings = (problem.map { [$0] } ?? []) + others
            let found = Found(
                mask: candidate.mask,
                record: .init(
                    candidate.source, origin: candidate.origin, millilitres: candidate.mask.millilitres,
                    agreement: candidate.network?.agreement,
                    weights: candidate.network == nil ? nil : network?.sha256),
                warnings: tried + warnings)
            if warnings.isEmpty { return found }
            doubted.append((found, problem == nil))
            tried += warnings
        }
        // One that other commands would believe, too.
        if let best = doubted.first(where: \.isUsable) ?? doubted.first { return best.found }
        throw CollaGANError(
            .unusablePatient, path: patient.folder,
            "\(patient.folder): shows the skull and has no brain mask; \(patient.holdsDICOM ? "" : "put one beside the images, e.g. brainmask.nii.gz, or ")"
                + "give a program that finds the brain, e.g. --brain-command 'mri_synthstrip -i {in} -m {out}'\(absence)"
        )
    }

    /// Why the network did not help.
    private var absence: String {
        guard let network else { return "" }
        return "; " + (network.absence ?? "the network sees no brain in it")
    }

    /// The patient's own file, moved with the contrast on whose grid it lies.
    private func fromFile() throws(CollaGANError) -> Candidate? {
        guard let file else { return nil }
        let own: Volume
        do {
            own = try NIfTIFile.read(file).volume
        } catch {
            throw CollaGANError(.unusablePatient, path: file, error.message)
        }
        let inside = BrainMask.inside(own)
        let mask = Volume(grid: own.grid, voxels: inside.map { $0 ? 1 : 0 })
            .binary(by: drawn.motion(of: own.grid), onto: grid)
        guard mask.voxels.contains(1) else {
            throw CollaGANError(
                .unusablePatient, path: file,
                "\(file): the brain mask is empty or lies elsewhere than the images; give one of the whole brain or none"
            )
        }
        return Candidate(mask: mask, source: .file, origin: FilePath.name(file))
    }

    /// Where skull-stripped contrasts show something.
    private func fromStripped() throws(CollaGANError) -> Candidate? {
        func isHead(_ indices: [Int]) -> Bool {
            let inputs = volumes.indices.map { index in
                indices.contains(index) ? PreprocessingInput(volume: volumes[index], path: names[index]) : nil
            }
            return InputCheck(inputs, brainMask: nil, contrasts: names).findings.contains { $0.kind == .skull }
        }
        func candidate(_ indices: [Int]) -> Candidate? {
            guard !indices.isEmpty else { return nil }
            var inside = [Bool](repeating: false, count: grid.count)
            for index in indices {
                let region = ImageSupport(volumes[index]).region(volumes[index])
                for voxel in inside.indices where region[voxel] { inside[voxel] = true }
            }
            let filled = VoxelRegion(grid.size, inside).mainBodies().filled()
            let mask = Volume(grid: grid, voxels: filled.voxels.map { $0 ? 1 : 0 })
            guard filled.count > 0, mask.millilitres <= Self.largestStripped else { return nil }
            return Candidate(
                mask: mask, source: .stripped, origin: indices.map { names[$0] }.joined(separator: ", "))
        }
        let all = Array(volumes.indices)
        if !isHead(all) { return candidate(all) }
        guard volumes.count > 1 else { return nil }
        return candidate(all.filter { !isHead([$0]) && candidate([$0]) != nil })
    }

    private func fromCommand() throws(CollaGANError) -> Candidate? {
        guard let command else { return nil }
        let found = try command.mask(
            of: volumes[reference], patient: patient.folder, scratch: scratch, running: running)
        let mask = found.binary(by: .identity, onto: grid)
        guard mask.voxels.contains(1) else { return nil }
        return Candidate(mask: mask, source: .command, origin: command.record.name)
    }

    private func fromNetwork() throws(CollaGANError) -> Candidate? {
        guard let brain = try network?.extraction(), let found = NetworkMask(brain, volumes, names: names) else {
            return nil
        }
        return Candidate(
            mask: found.mask, source: .network, origin: found.names.joined(separator: ", "), network: found)
    }

    /// Why the commands that read prepared folders would not use a mask, and what else is odd about it.
    private func doubts(about candidate: Candidate) -> (problem: ResultWarning?, others: [ResultWarning]) {
        let inputs = volumes.indices.map { PreprocessingInput(volume: volumes[$0], path: names[$0]) }
        let mask = PreprocessingInput(volume: candidate.mask, path: candidate.origin, isMask: true)
        let problem = InputCheck(inputs, brainMask: mask, contrasts: names).maskProblem.map { problem in
            ResultWarning(
                .doubtfulMask,
                "the brain mask (\(candidate.origin)) \(problem); imputation would not use it"
                    + (patient.holdsDICOM ? "" : "; put one of the whole brain beside the images"))
        }
        var warnings = (candidate.network?.doubts ?? []).map { ResultWarning(.doubtfulMask, $0) }
        let millilitres = candidate.mask.millilitres
        if !Self.usual.contains(millilitres) {
            warnings.append(
                ResultWarning(
                    .doubtfulMask,
                    "the brain mask (\(candidate.origin)) holds \(Int(millilitres.rounded())) ml, which is not a brain's"
                        + " \(Int(Self.usual.lowerBound)) to \(Int(Self.usual.upperBound)); look at it in the report"))
        }
        return (problem, warnings)
    }
}

extension Volume {
    /// Of a mask of 0 and 1: what it holds.
    var millilitres: Double {
        let (i, j, k) = (grid.affine.i, grid.affine.j, grid.affine.k)
        let cross = SIMD3(j.y * k.z - j.z * k.y, j.z * k.x - j.x * k.z, j.x * k.y - j.y * k.x)
        return Double(voxels.count { $0 > 0 }) * abs((i * cross).sum()) / 1000
    }

    /// A mask of 0 and 1 on another grid: 1 where it has more than half.
    fileprivate func binary(by motion: RigidMotion, onto grid: Grid) -> Volume {
        let moved = registered(by: motion, onto: grid)
        return Volume(grid: grid, voxels: moved.voxels.map { $0 >= 0.5 ? 1 : 0 })
    }
}
