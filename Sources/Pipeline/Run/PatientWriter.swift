import CollaGAN
import Files
import Foundation
import Metrics
import Patients
import Preprocessing
import Records
import Reports
import Tensors
import Volumes

/// Turns what the network made of one patient into files that wait in a stage.
struct PatientWriter {
    let mode: RunSettings.Mode
    let model: ModelRecord
    private let computed: ComputingRecord
    let description: ModelDescription
    let headers: PatientHeaders
    let hashes: InputHashes
    private let copies: PatientCopies
    let fingerprint: String
    let hasSubsets: Bool
    private let names: ResultNames
    private let stage: OutputFolder.Stage
    private var contrasts: [String: ContrastRecord] = [:]
    /// By contrast, what there was to make it of; a network of one input looks at one of them.
    private var available: [String: [String]] = [:]
    /// By contrast, what subsets of its inputs gave.
    private var subsets: [String: [SubsetRecord]] = [:]
    /// By contrast, the grid that all inputs were brought to.
    private var referenceGrids: [String: Grid] = [:]
    private var galleries: [String: SliceGallery] = [:]
    private var scales: [String: IntensityScales] = [:]
    private var notes: [String] = []
    /// About the whole patient; nil until the first contrast is there.
    private var warnings: [ResultWarning]?
    private var files: [String] = []

    init(
        _ settings: RunSettings, model: ModelRecord, description: ModelDescription, headers: PatientHeaders,
        hashes: InputHashes, copies: PatientCopies, fingerprint: String, hasSubsets: Bool, stage: OutputFolder.Stage
    ) {
        (mode, computed) = (settings.mode, .current(settings.precision))
        (self.model, self.description) = (model, description)
        (self.headers, self.hashes, self.fingerprint) = (headers, hashes, fingerprint)
        (self.hasSubsets, self.copies, self.stage) = (hasSubsets, copies, stage)
        names = ResultNames(headers.patient)
    }

    /// Writes one contrast's image and sidecar, scores it and draws its pictures; of a subset, only scores it.
    mutating func add(_ task: TargetTask, _ synthesis: Synthesis) throws(CollaGANError) {
        guard !task.isSubset else { return try addSubset(task, synthesis.image) }
        let contrast = description.contrasts[task.target]
        let prepared = task.prepared
        let imputed = try ImputedVolume(synthesis.image, of: task, headers, description)
        let file = names.image(contrast, kind: "imputed") + ".nii.gz"
        let inputs = description.inputs(of: task.target, among: task.inputs).map { description.contrasts[$0] }
        available[contrast] = task.inputs.map { description.contrasts[$0] }
        let mark = SyntheticMark(contrast, model: (model.name, model.sha256), from: inputs, hashes)
        let written = try write(imputed.volume, like: imputed.header, marked: mark, to: file)
        let scored = imputed.inMetricUnits(written)

        let check = try SelfCheck.compare(synthesis, task, description)
        if warnings == nil {
            warnings = InputWarnings.all(
                of: prepared, headers, hashes, for: description, truth: task.truth.map { (task.target, $0) })
        }
        var record = ContrastRecord(
            file: file, inputs: inputs, intensityScale: imputed.scale,
            metricScale: task.truth?.percentile, selfCheck: check.records,
            warnings: Self.inherent(contrast) + check.warnings)
        if let truth = task.truth {
            let evaluation = Evaluation(target: task.target, truth: truth, description: description)
            record.scores = try evaluation.scores(scored)
            record.challenge = try evaluation.challenge(written)
            record.baselines = try evaluation.baselines(prepared)
            record.warnings += LesionError.warnings(record.scores, contrast)
            if warnings?.contains(where: { $0.code == .lesionApart }) == false {
                warnings? += LesionApart.warnings(truth, headers, contrast)
            }
            referenceGrids[contrast] = prepared.referenceGrid
        }
        for note in prepared.notes + check.notes where !notes.contains(note) { notes.append(note) }
        for (index, name) in description.contrasts.enumerated() {
            scales[name] = prepared.intensityScales(index) ?? scales[name]
        }
        if let truth = task.truth {
            scales[contrast] = IntensityScales(scale: truth.scale, percentile: truth.percentile)
        }
        contrasts[contrast] = record
        let copied = try CopyWriter(copies, names, stage, model).write(
            written, contrast, place: task.target, inputs: inputs, marked: mark)
        files += copied.flatMap(\.files)
        try writeSidecar(contrast, record, task, notes: prepared.notes + check.notes, copied.map(\.record))
        galleries[contrast] = gallery(contrast, scored, task)
    }

    /// Scores what the network made of some of the inputs of a contrast that was added before.
    private mutating func addSubset(_ task: TargetTask, _ image: [Float]) throws(CollaGANError) {
        let contrast = description.contrasts[task.target]
        guard let truth = task.truth, let copies = contrasts[contrast]?.baselines?.copies,
            let grid = referenceGrids[contrast]
        else { return }
        let evaluation = Evaluation(target: task.target, truth: truth, description: description)
        subsets[contrast, default: []].append(try evaluation.subset(task, image, copies: copies, on: grid))
    }

    /// Notes that some of the inputs do not do.
    mutating func add(_ subset: RefusedSubset) {
        let contrast = description.contrasts[subset.target]
        guard contrasts[contrast]?.baselines != nil, referenceGrids[contrast] != nil else { return }
        var record = SubsetRecord(inputs: subset.inputs.map { description.contrasts[$0] })
        record.note = subset.reason.message
        subsets[contrast, default: []].append(record)
    }

    /// Writes report and record; the files are then complete and wait to be put in place, the record last.
    mutating func finish() throws(CollaGANError) -> PatientRecord {
        if hasSubsets { addSubsets() }
        var record = PatientRecord(
            command: mode.rawValue, patient: headers.patient.name, fingerprint: fingerprint, model: model,
            inputs: hashes.records(headers, scales: scales), contrasts: contrasts, warnings: warnings ?? [],
            notes: notes, files: files + [names.report, names.metrics])
        record.computed = computed
        if hasSubsets {
            var summary = SubsetSummary(order: description.contrasts, model: model)
            summary.add(record)
            let page = SubsetReport(summary, of: record.patient)
            try stage.write(Data(page.html().utf8), to: names.subsets)
            record.files.append(names.subsets)
        }
        let page = PatientReport(record, order: description.contrasts, galleries: galleries)
        try stage.write(Data(page.html().utf8), to: names.report)
        record.files = record.files.sorted { $0 != names.metrics && ($1 == names.metrics || $0 < $1) }
        record.sha256 = try stage.hashes(record.files.dropLast())
        let data = try JSONFile.encode(sealing: record)
        try stage.write(data, to: names.metrics)
        return record
    }

    /// Completes the contrasts' records: all inputs are the last subset, scored from the written file.
    private mutating func addSubsets() {
        for (contrast, var record) in contrasts {
            let best = record.baselines?.bestCopy
            let all = SubsetRecord(
                inputs: available[contrast] ?? record.inputs, scores: record.scores?.withoutSlices, bestCopy: best,
                copy: best.flatMap { record.baselines?.copies[$0] }, regression: record.baselines?.regression,
                note: record.baselines?.regressionNote)
            let rows = (subsets[contrast] ?? []) + [all]
            (record.subsets, record.importance) = (rows, ImportanceRecord.all(rows))
            contrasts[contrast] = record
        }
    }

    /// method.md §7: enhancement is not in the other contrasts.
    private static func inherent(_ contrast: String) -> [ResultWarning] {
        guard ContrastVocabulary.canonical(contrast) == "T1Gd" else { return [] }
        return [
            ResultWarning(
                .imputedEnhancement,
                "imputed \(contrast): gadolinium enhancement cannot be recovered from the other contrasts; neither its"
                    + " presence nor its absence may be read from this image")
        ]
    }

    private mutating func write(
        _ volume: Volume, like header: NIfTIHeader, marked mark: SyntheticMark, to file: String
    ) throws(CollaGANError) -> Volume {
        try stage.write(volume, like: header, marked: mark, to: file)
        files.append(file)
        let path = try stage.path(file)
        do {
            return try NIfTIFile.read(path).volume
        } catch {
            throw CollaGANError(.unwritable, path: error.path, error.message)
        }
    }

    private mutating func writeSidecar(
        _ contrast: String, _ record: ContrastRecord, _ task: TargetTask, notes: [String],
        _ copied: [Sidecar.Copy]
    ) throws(CollaGANError) {
        let prepared = task.prepared
        let used = record.inputs + ["brainmask"]
        let normalisation = Sidecar.NormalisationRecord(prepared, description.normalisation)
        let inputs = hashes.records(headers, scales: prepared.intensityScales).filter { used.contains($0.role) }
        let mask = inputs.first { $0.role == "brainmask" }
        let sidecar = Sidecar(
            computed: computed, command: mode.rawValue, patient: headers.patient.name, contrast: contrast, model: model,
            inputs: inputs,
            intensityScale: record.intensityScale,
            intensityScaleSource: task.truth == nil
                ? "median scale of the model's training patients" : "scale of the acquired \(contrast)",
            metricScale: record.metricScale, normalisation: normalisation,
            brainMask: prepared.hasBrainMask ? mask?.file ?? "" : "none: voxels above 0 in any input",
            crop: prepared.crop,
            networkSpacing: [prepared.spacing.x, prepared.spacing.y], slices: prepared.stack.slices,
            selfCheck: record.selfCheck, warnings: (warnings ?? []) + record.warnings, notes: notes,
            sources: headers.patient.datasetFolder.map { sources(record.inputs, in: $0) },
            text: headers.patient.datasetFolder.map { _ in
                "Synthetic \(contrast), imputed from \(record.inputs.joined(separator: ", ")); not acquired"
            },
            copies: copied.isEmpty ? nil : copied)
        let file = names.image(contrast, kind: "imputed") + ".json"
        try stage.write(JSONFile.encode(sidecar), to: file)
        files.append(file)
    }

    /// BIDS URIs of the inputs, below the dataset's folder.
    private func sources(_ contrasts: [String], in dataset: String) -> [String] {
        zip(description.contrasts, headers.patient.contrasts).compactMap { name, path in
            guard let path, contrasts.contains(name), path.hasPrefix("\(dataset)/") else { return nil }
            return "bids:raw:\(path.dropFirst(dataset.count + 1))"
        }
    }

    private func gallery(_ contrast: String, _ imputed: Volume, _ task: TargetTask) -> SliceGallery {
        let grid = imputed.grid
        let inputs = description.contrasts.indices.compactMap { index in
            task.prepared.inMetricUnits(index).map {
                (title: description.contrasts[index], volume: $0.placed(on: grid).reorientedToRAS())
            }
        }
        return SliceGallery(
            contrast: contrast, inputs: inputs, imputed: imputed.reorientedToRAS(),
            truth: task.truth?.normalised.reorientedToRAS(),
            brain: task.prepared.brain.placed(on: grid).reorientedToRAS())
    }
}
