import Foundation
import Reports
import Testing

@Suite struct SubsetReportTests {
    private let contrasts = ["A", "B", "C"]

    /// C is made from A and B; B alone is nearly as good as both.
    private func target(_ name: String = "C", from inputs: [String] = ["A", "B"], lesion: Bool = false) -> SubsetTarget
    {
        func row(_ names: [String], _ nmse: Double, _ ssim: Double) -> SubsetRow {
            func score(_ nmse: Double, _ ssim: Double) -> ScoreRow {
                ScoreRow(
                    .network, whole: ScoreNumbers(nmse: nmse, ssim: ssim, psnr: 20),
                    lesion: lesion ? ScoreNumbers(nmse: nmse / 3) : nil)
            }
            let regression = ScoreRow(.regression, whole: ScoreNumbers(nmse: 0.0444, ssim: 0.7, psnr: 19))
            let copy = ScoreRow(.copy, detail: names[0], whole: ScoreNumbers(nmse: 0.5))
            return SubsetRow(
                inputs: names, patients: 1, scores: [score(nmse, ssim), regression, copy], allInputs: score(0.04, 0.9))
        }
        func gain(_ input: String, _ mean: Double) -> InputGain {
            let numbers = InputGain.Numbers(
                mean: ScoreNumbers(nmse: mean, ssim: mean), leaveOneOut: ScoreNumbers(nmse: mean, ssim: mean))
            return InputGain(input: input, whole: numbers, lesion: lesion ? numbers : nil)
        }
        return SubsetTarget(
            name: name,
            rows: [row([inputs[0]], 0.16, 0.5), row([inputs[1]], 0.0432, 0.89), row(inputs, 0.04, 0.9)],
            gains: [gain(inputs[0], -0.0032), gain(inputs[1], 0.12)])
    }

    private func report(_ targets: [SubsetTarget], patients: Int = 1) -> SubsetReport {
        SubsetReport(
            subject: "p1", contrasts: contrasts, targets: targets, patients: patients, provenance: Sample.provenance)
    }

    @Test func saysWhatMattersInWordsNumbersAndColours() {
        let html = report([target()]).html()
        #expect(html.contains("C needs B most") && html.contains("Best alone: B, 0.0432"))
        #expect(html.contains("Without B it is 0.1600 (4.0 times as much)"))
        for number in ["0.1600", "0.0432", "0.0400", "+0.1200", "−0.0032", "0.0444"] { #expect(html.contains(number)) }
        // Four times the error has the deepest orange, all inputs have no colour, the larger gain the deepest blue.
        #expect(html.contains("background: rgb(224 112 28 / 78%)\" title=\"C from A: NMSE 0.1600"))
        #expect(html.contains("background: rgb(224 112 28 / 0%)\" title=\"C from A and B: NMSE 0.0400"))
        #expect(html.contains(#/class="num most" style="background: rgb\(42 122 214 \/ 78%\)"[^>]*><b>\+0\.1200/#))
        #expect(!html.contains("inside the lesions</strong>"))
        #expect(report([target(lesion: true)]).html().contains("NMSE inside the lesions</strong>"))
    }

    @Test func nothingMattersWhereGainsAreSmall() {
        var flat = target()
        for index in flat.gains.indices { flat.gains[index].whole.mean.nmse = 0.0001 }
        #expect(report([flat]).html().contains("no input matters beyond the others"))
    }

    @Test func pageIsWholeWhateverItHolds() {
        let hostile = "\"><script>alert('x')</script>&\u{202E}"
        var odd = target(hostile, from: [hostile + "1", "B"])
        odd.rows[0].scores[0].whole.nmse = .infinity
        odd.rows[1].allInputs = nil
        odd.gains[0].whole.mean.nmse = .nan
        var single = target()
        (single.rows, single.gains) = ([single.rows[0]], [])
        var empty = target()
        empty.rows[0].scores = []
        for page in [report([odd]), report([single]), report([empty], patients: 3), report([])] {
            let html = page.html()
            for forbidden in ["<script", "http:", "https:", "<link", "url(", "\u{202E}"] {
                #expect(!html.contains(forbidden))
            }
            #expect(html.matches(of: #/<th[\s>]/#).count == html.matches(of: #/<th\sscope="/#).count)
            for tag in ["table", "tr", "td", "th", "section", "div", "p", "ul", "li"] {
                let opened =
                    html.components(separatedBy: "<\(tag) ").count + html.components(separatedBy: "<\(tag)>").count - 2
                #expect(opened == html.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
            }
        }
    }

    @Test func samePlainDataSamePageAlsoThroughJSON() throws {
        let page = report([target(lesion: true)])
        let copy = try JSONDecoder().decode(SubsetReport.self, from: JSONEncoder().encode(page))
        #expect(copy.html() == page.html())
    }
}
