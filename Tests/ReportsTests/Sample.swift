import Metrics
import Patients
import Records
import Reports
import Tensors

extension Scores {
    /// Over the whole volume; what is left out is undefined.
    init(
        nmse: Double, ssim: Double? = nil, psnr: Double? = nil, mae: Double? = nil,
        more: (inout ScoreTable) -> Void = { _ in }
    ) {
        var table = ScoreTable()
        for (metric, value) in [(Metric.nmse, nmse), (.ssim, ssim), (.psnr, psnr), (.mae, mae)] {
            table[metric] = value
        }
        more(&table)
        self.init(table)
    }
}

/// Records to lay out in tests.
enum Sample {
    static let order = ["T1", "T1Gd", "T2", "FLAIR"]
    static let model = ModelRecord(name: "model.safetensors", sha256: "abcdef0123456789")
    static let computed = ComputingRecord(processor: "abacus", instructionSet: "avx2", precision: "float32")

    static let regression = Scores(nmse: 0.0311, ssim: 0.8381, psnr: 24.22, mae: 0.0143)
    static let baselines = BaselineRecord(
        zeroFill: Scores(nmse: 1, psnr: 9.84), copies: ["T1<b>": Scores(nmse: 0.0914, ssim: 0.9021, psnr: 18.33)],
        bestCopy: "T1<b>", regression: regression)

    static func scores(nmse: Double) -> Scores {
        Scores(nmse: nmse, ssim: 0.8581, psnr: 25.31, mae: 0.01211) {
            for (metric, value) in [(Metric.nmse, nmse), (.ssim, 0.8), (.psnr, 20.17), (.mae, 0.0411)] {
                $0[metric, .brain] = value
            }
        }
    }

    static func checks(_ nmse: Double...) -> [String: SelfCheckRecord] {
        zip(order, nmse).reduce(into: [:]) {
            $0[$1.0] = SelfCheckRecord(scores: Scores(nmse: $1.1, ssim: 0.9), usualNMSE: 0.02)
        }
    }

    /// - Parameter nmse: of the network; nil without a truth. The regression has 0.0311.
    static func flair(
        nmse: Double? = nil, checks: [String: SelfCheckRecord] = [:], warnings: [String] = []
    ) -> ContrastRecord {
        ContrastRecord(
            file: "patient26/patient26_FLAIR_imputed.nii.gz", inputs: ["T1", "T1Gd", "T2"], intensityScale: 1,
            scores: nmse.map(scores), baselines: nmse == nil ? nil : baselines, selfCheck: checks,
            warnings: warnings.map { ResultWarning(.unusualSelfCheck, $0) })
    }

    static func patient(_ contrasts: [String: ContrastRecord], name: String = "patient26") -> PatientRecord {
        var record = PatientRecord(
            command: "evaluate", patient: name, fingerprint: "", model: model,
            inputs: [
                InputRecord(
                    role: "T1", file: "sub/T1.nii.gz", sha256: "0123456789abcdef0123", size: [182, 218, 36],
                    spacing: [0.7176, 0.7176, 3], orientation: "LPI",
                    scales: IntensityScales(scale: 1234.567, percentile: 1234.567))
            ],
            contrasts: contrasts, warnings: [ResultWarning(.oddIntensities, "Look twice.")],
            notes: ["T2 was resampled onto the grid of T1."], files: [])
        record.software.version = "1.2.3"
        record.computed = computed
        return record
    }

    static func report(_ flair: ContrastRecord) -> PatientReport {
        let head = Phantom.head(size: 16)
        return PatientReport(
            patient(["FLAIR": flair]), order: order,
            galleries: [
                "FLAIR": SliceGallery(
                    contrast: "FLAIR", inputs: [("T1", head)], imputed: head, truth: flair.scores == nil ? nil : head,
                    side: 40)
            ])
    }
}
