import Foundation
import Reports
import Testing

@Suite struct PatientReportTests {
    @Test func pageHoldsWhatItWasGiven() {
        let contrast = Sample.flair(
            scores: Sample.scores(network: 0.0286), cycle: Sample.checks(0.0213, 0.05, 0.09),
            warnings: ["Enhancement cannot be recovered."])
        let html = Sample.report(contrast).html()
        let expected = [
            "FLAIR was imputed from T1, T1Gd and T2", "0.0286", "0.858", "25.3 dB", "0.0121", "20.2 dB", "0.0311",
            "0.1",
            "1.0000", "9.8 dB", "Enhancement cannot be recovered.", "Look twice.",
            "T2 was resampled onto the grid of T1.",
            "0123456789ab<", "182 × 218 × 36", "0.718 × 0.718 × 3", "LPI", "1234.57", "model.safetensors",
            "abcdef0123456789", "collagan 1.2.3", "192 × 160", "patient26_FLAIR_imputed.nii.gz", "0.0213", "0.0900",
            "median of 5 patients", "not a medical device", "Absolute error", "patient's right is on the left",
        ]
        for text in expected { #expect(html.contains(text), "\(text)") }
    }

    @Test func bestOfEachColumnIsMarkedOnce() {
        let html = Sample.report(Sample.flair(scores: Sample.scores(network: 0.0286))).html()
        #expect(html.contains(" best\">0.0286<"))
        #expect(html.contains(" best\">0.902<"), "the copy has the best SSIM")
        #expect(html.contains(" best\">25.3 dB<"))
        // A column with a single number has no best.
        #expect(html.components(separatedBy: " best\">").count - 1 == 4)
    }

    @Test func headlineSaysHowFarToTrust() {
        func page(_ contrast: ImputedContrast) -> String { Sample.report(contrast).html() }
        #expect(page(Sample.flair(scores: Sample.scores(network: 0.0286))).contains("Better than every baseline"))
        #expect(page(Sample.flair(scores: Sample.scores(network: 0.05))).contains("A baseline is closer"))
        #expect(page(Sample.flair(cycle: Sample.checks(0.02, 0.03, 0.04))).contains("Self-check as usual"))
        #expect(page(Sample.flair(cycle: Sample.checks(0.02, 0.05, 0.04))).contains("worse than usual for T1Gd"))
        #expect(page(Sample.flair(cycle: Sample.checks(0.02, 0.05, 0.09))).contains("failed for T2"))
        #expect(page(Sample.flair()).contains("Not checked"))
        let warned = page(Sample.flair(cycle: Sample.checks(0.02), warnings: ["Careful."]))
        #expect(warned.contains("but read the warning"))
    }

    @Test(arguments: [
        (0.04, CycleCheck.Verdict.usual), (0.0401, .raised), (0.08, .raised), (0.081, .unusual), (.nan, .unusual),
        (.infinity, .unusual),
    ])
    func verdictFollowsTheLimit(nmse: Double, verdict: CycleCheck.Verdict) {
        #expect(Sample.checks(nmse)[0].verdict == verdict)
        let unknown = CycleCheck(contrast: "T1", nmse: nmse)
        #expect(unknown.verdict == (nmse.isFinite ? .noReference : .unusual))
    }

    @Test func hostileTextIsShownNotObeyed() {
        let hostile = "\"><script>alert('x')</script>&\u{202E}gpj.\0\u{1B}[31m"
        var contrast = Sample.flair(
            scores: Sample.scores(network: 0.02), cycle: Sample.checks(0.02), warnings: [hostile])
        contrast.name = hostile
        contrast.inputs = [hostile]
        contrast.file = hostile
        contrast.gallery?.columns[0] = hostile
        contrast.gallery?.rows[0].title = hostile
        contrast.cycle[0].contrast = hostile
        contrast.cycle[0].reference?.source = hostile
        var report = Sample.report(contrast, patient: hostile)
        report.inputs[0] = InputFile(
            role: hostile, file: hostile, sha256: hostile, size: [], spacing: [.nan, 1e300], orientation: hostile)
        report.warnings = [hostile]
        report.notes = [hostile]
        report.provenance = Provenance(
            model: hostile, modelSHA256: hostile, software: hostile, created: hostile,
            settings: [.init(hostile, hostile)])
        let html = report.html()
        #expect(!html.contains("<script"))
        #expect(!html.contains("T1<b>"))
        #expect(!html.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\0" || $0 == "\u{1B}" })
        #expect(html.contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;\u{FFFD}gpj"))
    }

    @Test func pageIsSelfContained() throws {
        let html = Sample.report(Sample.flair(scores: Sample.scores(network: 0.0286), cycle: Sample.checks(0.02)))
            .html()
        for attribute in html.matches(of: /(?:src|href)\s*=\s*"([^"]*)"/) {
            #expect(
                attribute.1.hasPrefix("data:image/png;base64,") || attribute.1.hasPrefix("#"),
                "\(attribute.1.prefix(40))")
        }
        for forbidden in ["http:", "https:", "<link", "<script", "@import", "url(", "<iframe"] {
            #expect(!html.contains(forbidden), "\(forbidden)")
        }
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("<html lang=\"en\">"))
        #expect(html.contains("prefers-color-scheme: dark") && html.contains("@media print"))
    }

    @Test func pageIsAccessible() {
        let html = Sample.report(Sample.flair(scores: Sample.scores(network: 0.0286), cycle: Sample.checks(0.02)))
            .html()
        let images = html.matches(of: #/<img\s[^>]*>/#)
        #expect(!images.isEmpty)
        #expect(images.allSatisfy { $0.output.contains(#/\salt="[^"]+"/#) })
        #expect(html.matches(of: #/<th[\s>]/#).count == html.matches(of: #/<th\sscope="/#).count)
        for tag in ["table", "tr", "section", "figure", "div", "p", "ul", "aside"] {
            let opened =
                html.components(separatedBy: "<\(tag) ").count + html.components(separatedBy: "<\(tag)>").count - 2
            #expect(opened == html.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
        }
    }

    @Test func samePlainDataSamePageAlsoThroughJSON() throws {
        let report = Sample.report(Sample.flair(scores: Sample.scores(network: 0.0286), cycle: Sample.checks(0.02)))
        let copy = try JSONDecoder().decode(PatientReport.self, from: JSONEncoder().encode(report))
        #expect(copy.html() == report.html())
    }

    @Test func emptyReportIsStillAPage() {
        let html = PatientReport(patient: "", contrasts: [], inputs: [], provenance: Sample.provenance).html()
        #expect(html.contains("No contrast was imputed") && html.contains("</html>"))
    }
}
