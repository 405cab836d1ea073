import Foundation
import Metrics
import Patients
import Records
import Reports
import Tensors
import Testing

@Suite struct PatientReportTests {
    @Test func pageHoldsWhatItWasGiven() {
        let contrast = Sample.flair(
            nmse: 0.0286, checks: Sample.checks(0.0213, 0.05, 0.09), warnings: ["Enhancement cannot be recovered."])
        let html = Sample.report(contrast).html()
        let expected = [
            "FLAIR was imputed from T1, T1Gd and T2", "0.0286", "0.858", "25.3 dB", "0.0121", "20.2 dB", "0.0311",
            "0.1",
            "1.0000", "9.8 dB", "Enhancement cannot be recovered.", "Look twice.",
            "T2 was resampled onto the grid of T1.",
            "0123456789ab<", "182 × 218 × 36", "0.718 × 0.718 × 3", "LPI", "1234.57", "model.safetensors",
            "abcdef0123456789", "collagan 1.2.3", "abacus", "patient26_FLAIR_imputed.nii.gz", "0.0213", "0.0900",
            "median of the model", "not a medical device", "Absolute error",
            "patient's right is on the left",
        ]
        for text in expected { #expect(html.contains(text), "\(text)") }
    }

    @Test func bestOfEachColumnIsMarkedOnce() {
        let html = Sample.report(Sample.flair(nmse: 0.0286)).html()
        #expect(html.contains(" best\">0.0286<"))
        #expect(html.contains(" best\">0.902<"), "the copy has the best SSIM")
        #expect(html.contains(" best\">25.3 dB<"))
        // A column with a single number has no best.
        #expect(html.components(separatedBy: " best\">").count - 1 == 4)
    }

    @Test func headlineSaysHowFarToTrust() {
        func page(_ contrast: ContrastRecord) -> String { Sample.report(contrast).html() }
        #expect(page(Sample.flair(nmse: 0.0286)).contains("Better than every baseline"))
        #expect(page(Sample.flair(nmse: 0.05)).contains("A baseline is closer"))
        #expect(page(Sample.flair(checks: Sample.checks(0.02, 0.03, 0.04))).contains("Self-check as usual"))
        #expect(page(Sample.flair(checks: Sample.checks(0.02, 0.05, 0.04))).contains("worse than usual for T1Gd"))
        #expect(page(Sample.flair(checks: Sample.checks(0.02, 0.05, 0.09))).contains("failed for T2"))
        #expect(page(Sample.flair()).contains("Not checked"))
        let warned = page(Sample.flair(checks: Sample.checks(0.02), warnings: ["Careful."]))
        #expect(warned.contains("but read the warning"))
    }

    @Test(arguments: [
        (0.04, SelfCheckRecord.Verdict.usual), (0.0401, .raised), (0.08, .raised), (0.081, .unusual), (.nan, .unusual),
        (.infinity, .unusual),
    ])
    func verdictFollowsTheLimit(nmse: Double, verdict: SelfCheckRecord.Verdict) {
        #expect(Sample.checks(nmse)["T1"]?.verdict == verdict)
        let unknown = SelfCheckRecord(scores: Scores(nmse: nmse), usualNMSE: nil)
        #expect(unknown.verdict == (nmse.isFinite ? .noReference : .unusual))
    }

    @Test func hostileTextIsShownNotObeyed() throws {
        let hostile = "\"><script>alert('x')</script>&\u{202E}gpj.\0\u{1B}[31m"
        let check = Sample.checks(0.02)["T1"]
        var contrast = Sample.flair(nmse: 0.02, checks: [hostile: try #require(check)], warnings: [hostile])
        (contrast.inputs, contrast.file) = ([hostile], hostile)
        contrast.baselines = BaselineRecord(
            zeroFill: Scores(nmse: 1), copies: [hostile: Scores(nmse: 0.1)], bestCopy: hostile, regression: nil)
        var report = Sample.report(contrast)
        report.order = [hostile]
        report.record = Sample.patient([hostile: contrast], name: hostile)
        report.record.inputs[0] = InputRecord(
            role: hostile, file: hostile, sha256: hostile, size: [], spacing: [.nan, 1e300], orientation: hostile,
            scales: nil)
        report.record.warnings = [ResultWarning(.oddIntensities, hostile)]
        report.record.notes = [hostile]
        report.record.model = ModelRecord(name: hostile, sha256: hostile)
        report.record.software.version = hostile
        report.record.computed = ComputingRecord(processor: hostile, instructionSet: hostile, precision: hostile)
        report.galleries[hostile] = report.galleries.removeValue(forKey: "FLAIR")
        report.galleries[hostile]?.columns[0] = hostile
        report.galleries[hostile]?.rows[0].title = hostile
        let html = report.html()
        #expect(!html.contains("<script"))
        #expect(!html.contains("T1<b>"))
        #expect(!html.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\0" || $0 == "\u{1B}" })
        #expect(html.contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;\u{FFFD}gpj"))
    }

    @Test func pageIsSelfContained() throws {
        let html = Sample.report(Sample.flair(nmse: 0.0286, checks: Sample.checks(0.02)))
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
        let html = Sample.report(Sample.flair(nmse: 0.0286, checks: Sample.checks(0.02)))
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

    @Test func sameRecordSamePageAlsoThroughJSON() throws {
        let report = Sample.report(Sample.flair(nmse: 0.0286, checks: Sample.checks(0.02)))
        var copy = report
        copy.record = try JSONDecoder().decode(PatientRecord.self, from: JSONEncoder().encode(report.record))
        #expect(copy.html() == report.html())
    }

    @Test func emptyReportIsStillAPage() {
        let html = PatientReport(Sample.patient([:], name: ""), order: [], galleries: [:]).html()
        #expect(html.contains("No contrast was imputed") && html.contains("</html>"))
    }
}
