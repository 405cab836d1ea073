import DICOM
import Files
import Foundation
import Patients
import Preprocessing
import Records
import Registration
import Reports
import Volumes

/// Makes of one patient's images what a prepared folder holds.
package struct PatientPreparation: Sendable {
    private let settings: PreparationSettings
    private let converter: @Sendable () throws(DICOMError) -> Dcm2niix
    private let running: RunningPrograms

    /// - Parameters:
    ///   - converter: asked for the first patient of DICOM files.
    ///   - running: knows what other program is at work.
    package init(
        _ settings: PreparationSettings, running: RunningPrograms,
        converter: @escaping @Sendable () throws(DICOMError) -> Dcm2niix
    ) {
        (self.settings, self.running, self.converter) = (settings, running, converter)
    }

    /// What is to be written of a patient.
    package struct Result: Sendable {
        /// By name in the patient's folder, in the order in which they are written.
        package let volumes: [(file: String, volume: Volume)]
        package let texts: [(file: String, text: String)]
        /// Without the hashes of the files.
        package let record: PreparationRecord
        /// E.g. "on FLAIR; T1 4.2 mm, 1.3° (good); brain 1432 ml (brainmask.nii.gz)".
        package let summary: String
    }

    /// - Parameters:
    ///   - hashes: of `raw`.
    ///   - scratch: an empty folder of the patient's own, which is removed afterwards whatever comes.
    ///   - tell: what is being done.
    /// - Throws: `CollaGANError.Code.unusablePatient`, `.unreadable`, `.unwritable`, `.outputLost`.
    package func result(
        _ raw: RawPatient, _ hashes: RawHashes, scratch: String, tell: (String) -> Void
    ) throws(CollaGANError) -> Result {
        var images = Images()
        for (index, contrast) in raw.contrasts.enumerated() {
            tell("reading \(contrast.name)")
            try read(contrast, of: raw.patient, scratch: "\(scratch)/\(index)", into: &images)
        }
        let reference = raw.reference(settings).name
        let place = raw.names.firstIndex(of: reference) ?? 0
        let registration = ContrastRegistration(images.volumes[place])
        var laid: [ContrastRegistration.Laid] = []
        for (index, contrast) in raw.contrasts.enumerated() {
            guard index != place else {
                laid.append(
                    .init(
                        motion: .identity, record: .init(.kept, degrees: 0, millimetres: 0),
                        volume: images.volumes[index]))
                continue
            }
            tell("registering \(contrast.name) to \(reference)")
            laid.append(
                try registration.laid(
                    images.volumes[index], place: contrast.place(in: raw.patient), names: (contrast.name, reference)))
        }
        tell("looking for the brain")
        let brain = try BrainMaskSearch(
            patient: raw.patient, names: raw.names, volumes: laid.map(\.volume),
            drawn: drawn(images, laid, place), file: raw.brainMask,
            command: settings.brainCommand, network: settings.network, scratch: scratch, running: running
        ).found()
        let near = NearBrain(brain.mask)
        let before = laid.indices.map { index in
            laid[index].record.verdict == .kept || index == place
                ? nil : images.volumes[index].resampled(onto: images.volumes[place].grid)
        }
        for index in laid.indices where laid[index].motion != .identity {
            tell("registering \(raw.names[index]) near the brain")
            laid[index].motion = registration.refined(laid[index].motion, images.volumes[index], near: near.contains)
            laid[index].volume = images.volumes[index].registered(
                by: laid[index].motion, onto: images.volumes[place].grid)
        }
        var lesion: Volume?
        if let file = raw.lesion {
            let labels = try drawn(images, laid, place).labels(file)
            if !labels.voxels.contains(where: { $0 > 0 }) {
                images.notes.append("the lesion mask \(FilePath.name(file)) marks nothing on the grid of \(reference)")
            }
            lesion = labels
        }
        tell("drawing")
        return try result(raw, hashes, images, laid, before, place: place, brain, lesion)
    }

    private func drawn(_ images: Images, _ laid: [ContrastRegistration.Laid], _ place: Int) -> DrawnMask {
        DrawnMask(origins: zip(images.volumes, laid).map { ($0.grid, $1.motion) }, reference: place)
    }

    /// What was read.
    private struct Images {
        /// Finite.
        var volumes: [Volume] = []
        var warnings: [ResultWarning] = []
        var notes: [String] = []
        var programs: [PreparationRecord.Program] = []
    }

    private func read(
        _ contrast: RawPatient.Contrast, of patient: Patient, scratch: String, into images: inout Images
    ) throws(CollaGANError) {
        var volume: Volume
        switch contrast.source {
        case .file(let path):
            do throws(VolumeError) {
                let image = try NIfTIFile.read(path)
                volume = image.volume
                images.warnings += image.findings.filter { $0.severity == .warning }
                    .map { ResultWarning(.doubtfulHeader, "\(FilePath.name(path)): \($0.text)") }
            } catch {
                throw CollaGANError(.unusablePatient, path: path, error.message)
            }
        case .series(let series):
            guard mkdir(scratch, 0o700) == 0 else { throw Disk.failure(scratch, errno) }
            do throws(DICOMError) {
                let program = try converter()
                volume = try program.volume(of: series, scratch: scratch)
                if images.programs.isEmpty {
                    images.programs.append(
                        .init(name: "dcm2niix", version: program.version, arguments: Dcm2niix.arguments))
                }
            } catch {
                throw error.asPatient(patient)
            }
            try? FileManager.default.removeItem(atPath: scratch)
        }
        guard volume.voxels.contains(where: { $0 > 0 }) else {
            let place = contrast.place(in: patient)
            throw CollaGANError(
                .unusablePatient, path: place, "\(place): holds no voxel above 0; leave it out or export it again")
        }
        let odd = volume.voxels.count { !$0.isFinite }
        if odd > 0 {
            volume.voxels = volume.voxels.map { $0.isFinite ? $0 : 0 }
            images.notes.append("\(contrast.name): \(odd) voxels that are NaN or infinite were set to 0")
        }
        images.volumes.append(volume)
    }

    private func result(
        _ raw: RawPatient, _ hashes: RawHashes, _ images: Images, _ laid: [ContrastRegistration.Laid],
        _ before: [Volume?], place: Int, _ brain: BrainMaskSearch.Found, _ lesion: Volume?
    ) throws(CollaGANError) -> Result {
        let (name, reference) = (raw.patient.name, raw.names[place])
        func file(_ role: String) -> String { "\(name)_\(role).nii.gz" }
        var texts: [(String, String)] = []
        var warnings = raw.warnings + images.warnings
        for (index, contrast) in raw.names.enumerated() where index != place {
            let stem = "transforms/\(contrast)_to_\(reference)"
            texts.append(
                (
                    "\(stem).json",
                    try TransformFile.json(
                        laid[index].motion, moving: contrast, fixed: reference, grid: images.volumes[index].grid)
                ))
            texts.append(("\(stem).tfm", TransformFile.itk(laid[index].motion)))
            let record = laid[index].record
            if record.verdict == .doubtful {
                warnings.append(
                    ResultWarning(
                        .doubtfulAlignment,
                        "\(contrast) may not lie on \(reference): \(record.doubts.joined(separator: ", ")); look at the"
                            + " report before you use it"))
            }
        }
        var notes = images.notes
        let moved = laid.indices.filter { $0 != place && laid[$0].record.verdict != .kept }
        if moved.isEmpty {
            notes.append(
                raw.contrasts.count > 1
                    ? "all contrasts lay on one grid and on each other: none was moved or resampled"
                    : "there is one contrast: nothing was moved or resampled")
        }
        let grid = images.volumes[place].grid
        let programs =
            images.programs
            + (brain.record.source == .command ? [settings.brainCommand?.record] : [])
            .compactMap { $0 }
        let volumes =
            zip(raw.names, laid).map { (file($0), $1.volume) } + [(file("brainmask"), brain.mask)]
            + (lesion.map { [(file("lesion"), $0)] } ?? [])
        let record = PreparationRecord(
            patient: name, fingerprint: hashes.fingerprint, reference: reference,
            size: [grid.size.x, grid.size.y, grid.size.z],
            spacing: [grid.spacing.x, grid.spacing.y, grid.spacing.z], inputs: hashes.records,
            registration: Dictionary(
                uniqueKeysWithValues: laid.indices.filter { $0 != place }.map { (raw.names[$0], laid[$0].record) }),
            brainMask: brain.record, series: raw.series, programs: programs, warnings: warnings + brain.warnings,
            notes: notes, files: [])
        let page = PreparationReport(
            record, reference: images.volumes[place], mask: brain.mask,
            contrasts: laid.indices.filter { $0 != place }.map {
                (name: raw.names[$0], before: before[$0], after: laid[$0].volume)
            })
        texts.append(("report.html", page.html()))
        return Result(
            volumes: volumes.map { (file: $0.0, volume: $0.1) }, texts: texts.map { (file: $0.0, text: $0.1) },
            record: record, summary: record.summary)
    }
}

/// The brain and what is up to 10 mm away.
private struct NearBrain: Sendable {
    private static let margin: Float = 10

    private let toVoxel: Affine?
    private let size: SIMD3<Int>
    private let voxels: [Bool]

    init(_ mask: Volume) {
        (toVoxel, size) = (mask.grid.affine.inverse(), mask.grid.size)
        voxels = VoxelRegion(size, mask.voxels.map { $0 > 0 }).distance(spacing: mask.grid.spacing)
            .map { $0 <= Self.margin }
    }

    /// - Parameter place: in mm.
    func contains(_ place: SIMD3<Double>) -> Bool {
        guard let voxel = toVoxel?.world(place).rounded(.toNearestOrEven), all(voxel .>= 0),
            all(voxel .<= SIMD3<Double>(size &- 1))
        else { return false }
        let (i, j, k) = (Int(voxel.x), Int(voxel.y), Int(voxel.z))
        return voxels[i + size.x * (j + size.y * k)]
    }
}

extension PreparationRecord {
    /// One line about the patient, for people.
    fileprivate var summary: String {
        let motions = registration.sorted { $0.key < $1.key }.map { name, found in
            found.verdict == .kept
                ? "\(name) kept"
                : "\(name) \(found.millimetres.tenths) mm, \(found.degrees.tenths)° (\(found.verdict.rawValue))"
        }
        return "on \(reference); \(motions.joined(separator: ", "))\(motions.isEmpty ? "" : "; ")brain"
            + " \(Int(brainMask.millilitres.rounded())) ml (\(brainMask.source == .network ? "network on " : "")\(brainMask.origin))"
    }
}

extension Double {
    fileprivate var tenths: String { "\((self * 10).rounded() / 10)" }
}
