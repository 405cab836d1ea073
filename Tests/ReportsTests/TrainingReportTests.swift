import Foundation
import Metrics
import Reports
import Testing

@Suite struct TrainingReportTests {
    private func curve(_ values: [Double]) -> [TrainingReport.Point] {
        values.enumerated().map { TrainingReport.Point(step: 100 * ($0.offset + 1), value: $0.element) }
    }

    private func contrast(_ name: String, nmse: [Double], pictures: [(title: String, png: Data)] = [])
        -> TrainingReport.Contrast
    {
        TrainingReport.Contrast(
            name: name,
            validations: curve(nmse).map { point in
                let scores = Scores(nmse: point.value, ssim: 1 - point.value, psnr: -10 * log10(point.value))
                return (point.step, scores.table)
            },
            baselines: Array(Sample.flair(nmse: 0).rows.dropFirst()), patients: 2, pictures: pictures)
    }

    private func report(_ contrasts: [TrainingReport.Contrast], losses: [Double] = [0.4, 0.2, 0.1]) -> TrainingReport {
        TrainingReport(
            model: "toy", software: "collagan 1.2.3", state: .running, summary: "Step 300 of 500.", steps: 500,
            bestStep: 200, losses: [.init(title: "Reconstruction", points: curve(losses))],
            phases: [(step: 100, title: "all terms")], contrasts: contrasts, pictured: "p9", training: ["p1", "p<2>"],
            validation: ["p9"], test: ["p10"], failed: ["p5": "T1.nii.gz is cut"], facts: [("Threads", "2")],
            configuration: "ngf: 4\nname: \"<b>\"\n", next: ["Wait."])
    }

    @Test func numbersAreJudgedAgainstTheRegression() {
        let html = report([contrast("FLAIR", nmse: [0.3, 0.02, 0.025]), contrast("T2", nmse: [0.9, 0.5, 0.04])]).html()
        #expect(html.contains(">0.0250<") && html.contains(">0.0200<"), "the latest and the best")
        #expect(html.contains("✓ better") && html.contains("not yet better"), "the regression has 0.0311")
        #expect(html.contains("T1&lt;b&gt;"), "the contrast that was copied")
    }

    @Test func everyCurveHasAxesLegendAndAlternative() {
        let html = report([contrast("FLAIR", nmse: [0.3, 0.02, 0.025])]).html()
        #expect(html.matches(of: #/<svg\s/#).count == 3 && html.matches(of: #/class="curve" points/#).count == 3)
        #expect(html.contains(">regression</text>") && html.contains(">best copy</text>"))
        #expect(html.contains("FLAIR: NMSE, logarithmic scale: 0.025 at step 300; regression 0.0311"))
        #expect(html.contains(">all terms</text>") && html.contains("best: step 200"))
        #expect(html.matches(of: #/>step<\/text>/#).count == 3)
    }

    /// A smaller value lies lower, on either scale; all points lie inside the drawing.
    @Test(arguments: [[0.5, 0.4, 0.3, 0.1], [5, 1, 0.1, 0.001], [0, 0.3, 0.2, -1]])
    func pointsLieWhereTheyShould(_ values: [Double]) throws {
        let html = report([], losses: values).html()
        let text = try #require(html.firstMatch(of: #/class="curve" points="([^"]*)"/#)).1
        let places = text.split(separator: " ").map { $0.split(separator: ",").compactMap { Double($0) } }
        #expect(places.count == values.count && places.allSatisfy { $0.count == 2 })
        for (a, b) in zip(places.indices, places.indices.dropFirst()) {
            #expect(places[a][0] < places[b][0])
            #expect((places[a][1] < places[b][1]) == (values[a] > values[b]), "y grows downwards")
        }
        #expect(places.allSatisfy { (64...542).contains($0[0]) && (52...258).contains($0[1]) })
    }

    @Test func namesAndConfigurationAreEscaped() {
        let html = report([]).html()
        #expect(html.contains("p1, p&lt;2&gt;") && html.contains("name: &quot;&lt;b&gt;&quot;"))
        #expect(html.contains("p5: T1.nii.gz is cut"))
        for forbidden in ["<script", "<link", "http:", "https:", "<b>\""] { #expect(!html.contains(forbidden)) }
    }

    @Test func picturesThatAreNoneAreLeftOut() {
        let png = Data(PNG.encode(gray: [0, 9], width: 2, height: 1))
        let pictures = [(title: "acquired", png: png), (title: "step 100", png: Data("no".utf8))]
        let html = report([contrast("FLAIR", nmse: [0.3], pictures: pictures)]).html()
        #expect(html.matches(of: #/<img\s/#).count == 1 && html.contains("width=\"2\" height=\"1\""))
    }

    @Test func oddNumbersAndLongTrainingsStillGiveAPage() {
        let odd: [[Double]] = [
            [], [1], [.nan, .nan], [.infinity, 1, 2], [0, 0, 0], [-1, 1], [1e-300, 1e300], [1, .nan, 2, 3],
            (0..<5000).map { Double($0) },
        ]
        for values in odd {
            let html = report([contrast("T1", nmse: values)], losses: values).html()
            #expect(html.contains("</html>") && html.utf8.count < 60_000)
            #expect(html.firstMatch(of: #/points="[^"]*(nan|inf)/#) == nil)
        }
    }
}
