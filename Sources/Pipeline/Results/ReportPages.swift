import Files
import Reports
import Tensors

/// Turns records into the pages of `Reports`.
enum ReportPages {
    /// The page about one patient.
    static func patient(
        _ record: PatientRecord, order: [String], galleries: [String: SliceGallery]
    ) -> PatientReport {
        PatientReport(
            patient: record.patient,
            contrasts: order.compactMap { name in
                record.contrasts[name].map { contrast in
                    ImputedContrast(
                        name: name, inputs: contrast.inputs, file: FilePath.name(contrast.file),
                        gallery: galleries[name], scores: rows(contrast), cycle: cycle(contrast, order),
                        warnings: contrast.warnings.map(\.text))
                }
            },
            inputs: record.inputs.map { input in
                InputFile(
                    role: input.role, file: input.file, sha256: input.sha256, size: input.size, spacing: input.spacing,
                    orientation: input.orientation, percentile: input.percentile.map(Double.init))
            },
            warnings: record.warnings.map(\.text), notes: record.notes,
            subsets: record.hasSubsets ? "subsets.html" : nil,
            provenance: provenance(record.model, record.computed))
    }

    /// One patient's line on the page about a run.
    static func cohort(
        _ entry: RunManifest.Entry, _ record: PatientRecord?, report: String?, order: [String]
    ) -> CohortPatient {
        let status: CohortPatient.Status =
            switch entry.status {
            case .done: .done
            case .skipped: record == nil ? .skipped : .done
            case .failed: .failed
            case .pending, .running: .pending
            }
        return CohortPatient(
            name: entry.name, status: status, reason: entry.reason,
            warnings: entry.warnings.map { CohortWarning(code: $0.code.rawValue, text: $0.text) },
            report: record == nil ? nil : report,
            seconds: entry.status == .done ? entry.seconds : nil,
            contrasts: order.compactMap { name in
                record?.contrasts[name].map {
                    CohortContrast(name: name, scores: rows($0), cycle: cycle($0, order))
                }
            })
    }

    /// - Parameter computed: nil for pages over patients, who may have been computed on several machines.
    static func provenance(_ model: ModelRecord, _ computed: ComputingRecord? = nil) -> Provenance {
        Provenance(
            model: model.name, modelSHA256: model.sha256, software: "\(Software.name) \(Software.version)",
            settings: computed.map {
                [
                    .init("Instruction set", $0.instructionSet), .init("Precision", $0.precision),
                    .init("Processor", $0.processor),
                ]
            } ?? [])
    }

    private static func rows(_ contrast: ContrastRecord) -> [ScoreRow] {
        guard let scores = contrast.scores?.table else { return [] }
        var rows = [row(.network, { scores[$0] })]
        guard let baselines = contrast.baselines else { return rows }
        if let regression = baselines.regression { rows.append(row(.regression, { regression[$0] })) }
        if let best = baselines.bestCopy, let copy = baselines.copies[best] {
            rows.append(row(.copy, { copy[$0] }, detail: best))
        }
        return rows + [row(.zeroFill, { baselines.zeroFill[$0] })]
    }

    static func row(
        _ method: ScoreRow.Method, _ scores: (String) -> Double?, detail: String? = nil
    ) -> ScoreRow {
        ScoreRow(
            method, detail: detail, whole: numbers(scores, "") ?? ScoreNumbers(), brain: numbers(scores, "_brain"),
            lesion: numbers(scores, "_lesion"))
    }

    static func numbers(_ scores: (String) -> Double?, _ region: String) -> ScoreNumbers? {
        let values = ["nmse", "ssim", "psnr", "mae"].map { scores($0 + region) }
        guard values.contains(where: { $0 != nil }) else { return nil }
        return ScoreNumbers(nmse: values[0], ssim: values[1], psnr: values[2], mae: values[3])
    }

    private static func cycle(_ contrast: ContrastRecord, _ order: [String]) -> [CycleCheck] {
        order.compactMap { name in
            contrast.selfCheck[name].map { $0.cycleCheck(name) }
        }
    }
}
