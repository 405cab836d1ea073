import Reports

/// Plain data to lay out in tests.
enum Sample {
    static let provenance = Provenance(
        model: "model.safetensors", modelSHA256: "abcdef0123456789", software: "collagan 1.2.3",
        settings: [.init("Crop", "192 × 160")])

    /// Network and all baselines; the network's NMSE is given, the regression has 0.0311.
    static func scores(network nmse: Double) -> [ScoreRow] {
        [
            ScoreRow(
                .network, whole: ScoreNumbers(nmse: nmse, ssim: 0.8581, psnr: 25.31, mae: 0.01211),
                brain: ScoreNumbers(nmse: nmse, ssim: 0.8, psnr: 20.17, mae: 0.0411)),
            ScoreRow(.regression, whole: ScoreNumbers(nmse: 0.0311, ssim: 0.8381, psnr: 24.22, mae: 0.0143)),
            ScoreRow(.copy, detail: "T1<b>", whole: ScoreNumbers(nmse: 0.0914, ssim: 0.9021, psnr: 18.33)),
            ScoreRow(.zeroFill, whole: ScoreNumbers(nmse: 1, psnr: 9.84)),
        ]
    }

    static func checks(_ nmse: Double...) -> [CycleCheck] {
        zip(["T1", "T1Gd", "T2"], nmse).map {
            CycleCheck(
                contrast: $0, nmse: $1, ssim: 0.9,
                reference: CycleReference(nmse: 0.02, ssim: 0.93, limit: 0.04, source: "median of 5 patients"))
        }
    }

    static func report(_ contrast: ImputedContrast, patient: String = "patient26") -> PatientReport {
        PatientReport(
            patient: patient, contrasts: [contrast],
            inputs: [
                InputFile(
                    role: "T1", file: "sub/T1.nii.gz", sha256: "0123456789abcdef0123", size: [182, 218, 36],
                    spacing: [0.7176, 0.7176, 3], orientation: "LPI", percentile: 1234.567)
            ],
            warnings: ["Look twice."], notes: ["T2 was resampled onto the grid of T1."], provenance: provenance)
    }

    static func flair(scores: [ScoreRow] = [], cycle: [CycleCheck] = [], warnings: [String] = []) -> ImputedContrast {
        let head = Phantom.head(size: 16)
        return ImputedContrast(
            name: "FLAIR", inputs: ["T1", "T1Gd", "T2"], file: "patient26_FLAIR_imputed.nii.gz",
            gallery: SliceGallery(
                contrast: "FLAIR", inputs: [("T1", head)], imputed: head, truth: scores.isEmpty ? nil : head, side: 40),
            scores: scores, cycle: cycle, warnings: warnings)
    }
}
