import Foundation
import Metrics
import Records
import Reports
import Testing

@Suite struct SubsetReportTests {
    /// C is made from A and B; B alone is nearly as good as both.
    private func target(from inputs: [String] = ["A", "B"], lesion: Bool = false) -> ContrastRecord {
        func network(_ nmse: Double, _ ssim: Double) -> Scores {
            Scores(nmse: nmse, ssim: ssim, psnr: 20) { if lesion { $0[.nmse, .lesion] = nmse / 3 } }
        }
        func subset(_ names: [String], _ nmse: Double, _ ssim: Double) -> SubsetRecord {
            SubsetRecord(
                inputs: names, scores: network(nmse, ssim), bestCopy: names[0], copy: Scores(nmse: 0.5),
                regression: Scores(nmse: 0.0444, ssim: 0.7, psnr: 19))
        }
        var record = ContrastRecord(file: "C.nii.gz", inputs: inputs, intensityScale: 1, scores: network(0.04, 0.9))
        record.subsets = [
            subset([inputs[0]], 0.16, 0.5), subset([inputs[1]], 0.0432, 0.89), subset(inputs, 0.04, 0.9),
        ]
        record.importance = [inputs[0]: gain(-0.0032, lesion: lesion), inputs[1]: gain(0.12, lesion: lesion)]
        return record
    }

    private func gain(_ mean: Double, lesion: Bool = false) -> ImportanceRecord {
        var record = ImportanceRecord()
        for (metric, region) in [(Metric.nmse, Region.whole), (.ssim, .whole)] + (lesion ? [(.nmse, .lesion)] : []) {
            (record.meanGain[metric, region], record.leaveOneOutGain[metric, region]) = (mean, mean)
        }
        return record
    }

    private func report(_ targets: [String: ContrastRecord], order: [String] = ["A", "B", "C"]) -> SubsetReport {
        var summary = SubsetSummary(order: order, model: Sample.model)
        summary.add(Sample.patient(targets, name: "p1"))
        return SubsetReport(summary, of: "p1")
    }

    @Test func saysWhatMattersInWordsNumbersAndColours() {
        let html = report(["C": target()]).html()
        #expect(html.contains("C needs B most") && html.contains("Best alone: B, 0.0432"))
        #expect(html.contains("Without B it is 0.1600 (4.0 times as much)"))
        for number in ["0.1600", "0.0432", "0.0400", "+0.1200", "−0.0032", "0.0444"] { #expect(html.contains(number)) }
        // Four times the error has the deepest orange, all inputs have no colour, the larger gain the deepest blue.
        #expect(html.contains("background: rgb(224 112 28 / 78%)\" title=\"C from A: NMSE 0.1600"))
        #expect(html.contains("background: rgb(224 112 28 / 0%)\" title=\"C from A and B: NMSE 0.0400"))
        #expect(html.contains(#/class="num most" style="background: rgb\(42 122 214 \/ 78%\)"[^>]*><b>\+0\.1200/#))
        #expect(!html.contains("inside the lesions</strong>"))
        #expect(report(["C": target(lesion: true)]).html().contains("NMSE inside the lesions</strong>"))
    }

    @Test func nothingMattersWhereGainsAreSmall() {
        var flat = target()
        flat.importance = flat.importance?.mapValues { _ in gain(0.0001) }
        #expect(report(["C": flat]).html().contains("no input matters beyond the others"))
    }

    @Test func pageIsWholeWhateverItHolds() {
        let hostile = "\"><script>alert('x')</script>&\u{202E}"
        let named = hostile + "1"
        var odd = target(from: [named, "B"])
        odd.subsets?[0].scores = Scores(nmse: .infinity)
        odd.scores = nil
        odd.importance?[named] = gain(.nan)
        var single = target()
        (single.subsets, single.importance) = (single.subsets.map { [$0[0]] }, [:])
        var empty = target()
        empty.subsets?[0].scores = nil
        let pages = [
            report([hostile: odd], order: [named, "B", hostile]), report(["C": single]), report(["C": empty]),
            report([:]),
        ]
        for page in pages {
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
}
