import Foundation
import Metrics
import Records
import Reports
import Testing

@Suite struct CohortReportTests {
    private func patient(_ name: String, _ flair: ContrastRecord) -> CohortPatient {
        CohortPatient(
            name: name, status: .done, report: "\(name)/report.html", seconds: 12.34,
            contrasts: Sample.patient(["FLAIR": flair]).contrasts(in: Sample.order))
    }

    private func patient(_ name: String, nmse: Double) -> CohortPatient { patient(name, Sample.flair(nmse: nmse)) }

    private func report(_ patients: [CohortPatient]) -> CohortReport {
        CohortReport(title: "Evaluation", patients: patients, provenance: Provenance(model: Sample.model))
    }

    @Test func countsReasonsAndLinks() throws {
        let failed = CohortPatient(name: "broken<1>", status: .failed, reason: "T1.nii.gz ends early & is cut.")
        let skipped = CohortPatient(name: "whole", status: .skipped, reason: "nothing is missing")
        let html = report([patient("a", nmse: 0.02), failed, patient("b", nmse: 0.04), skipped]).html()
        #expect(html.contains("<b>2</b>done") && html.contains("<b>1</b>failed") && html.contains("<b>1</b>skipped"))
        #expect(html.contains("broken&lt;1&gt;") && html.contains("T1.nii.gz ends early &amp; is cut."))
        #expect(html.contains("nothing is missing"))
        #expect(html.contains("href=\"./a/report.html\"") && html.contains("href=\"./b/report.html\""))
        let reason = try #require(html.range(of: "T1.nii.gz ends early"))
        let scores = try #require(html.range(of: "Mean scores"))
        #expect(reason.lowerBound < scores.lowerBound, "failures come first")
    }

    @Test func warningsAreSortedByKindAndSharedOnesSaidOnce() {
        func warned(_ name: String, _ warnings: [ResultWarning]) -> CohortPatient {
            var patient = patient(name, nmse: 0.02)
            patient.warnings = warnings
            return patient
        }
        let shared = ResultWarning(.imputedEnhancement, "no enhancement <can> be known")
        let html = report([
            warned("a", [shared]), warned("b", [shared, ResultWarning(.swappedContrasts, "T1 & T2")]),
            patient("c", nmse: 1),
        ])
        .html()
        #expect(html.contains("<b>2</b>with warnings"))
        #expect(html.matches(of: /no enhancement &lt;can&gt; be known/).count == 1, "the same text once")
        #expect(html.contains("T1 &amp; T2"))
        let (rare, common) = (html.range(of: "swapped-contrasts"), html.range(of: "imputed-enhancement"))
        #expect(
            rare.map(\.lowerBound) ?? html.endIndex < common.map(\.lowerBound) ?? html.startIndex, "rare kinds first")
        #expect(!report([patient("c", nmse: 1)]).html().contains("<h2>Warnings"))
    }

    @Test func unfinishedPageSaysSoAndCountsWhatIsPending() {
        var page = report([patient("a", nmse: 0.02), CohortPatient(name: "b", status: .pending)])
        #expect(!page.html().contains("Not finished"))
        page.isComplete = false
        let html = page.html()
        #expect(html.contains("Not finished") && html.contains("run the same command again"))
        #expect(html.contains("<b>1</b>done") && html.contains("<b>1</b>pending"))
    }

    @Test func meansAreOverThePatients() {
        let html = report([patient("a", nmse: 0.02), patient("b", nmse: 0.05)]).html()
        #expect(html.contains("mean of 2 patients"))
        #expect(html.contains("0.0350"), "mean NMSE of 0.02 and 0.05")
        #expect(html.contains(" best\">0.0311<"), "the regression is better on average")
        #expect(html.contains("✓ best") && html.contains("! not best"))
        #expect(html.matches(of: #/<circle\s/#).count == 6, "two patients, three methods without zero fill")
    }

    @Test func namesCannotBecomeSchemesOrLeaveTheAttribute() {
        let names = ["javascript:alert(1)", "//evil.example", "a\"b", "x y/ü", "%2e"]
        let html = report(names.map { patient($0, nmse: 0.02) }).html()
        let links = html.matches(of: /href="([^"]*)"/).map { String($0.1) }
        #expect(links.count == names.count)
        #expect(links.allSatisfy { $0.hasPrefix("./") && !$0.contains(":") && !$0.contains("//") })
        #expect(links.contains("./x%20y/%C3%BC/report.html") && links.contains("./%252e/report.html"))
        for forbidden in ["<script", "<link", "src=", "http:", "https:"] { #expect(!html.contains(forbidden)) }
    }

    @Test func withoutTruthTheSelfCheckSpeaks() {
        let patient = patient("p", Sample.flair(checks: Sample.checks(0.02, 0.05)))
        let html = report([patient]).html()
        #expect(html.contains("! raised"))
        #expect(!html.contains("Mean scores") && !html.contains("<svg"))
    }

    @Test func brokenNumbersAndNothingAtAllStillGiveAPage() {
        var flair = Sample.flair(nmse: .nan)
        flair.baselines?.regression = Scores(nmse: .infinity)
        flair.baselines?.copies = ["T1<b>": Scores(nmse: 1e300)]
        var odd = patient("odd", flair)
        odd.seconds = .nan
        #expect(report([odd, patient("b", nmse: 0)]).html().contains("</html>"))
        #expect(report([]).html().contains("No patient was completed"))
    }
}
