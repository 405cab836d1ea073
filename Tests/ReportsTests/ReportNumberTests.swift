import Metrics
import Reports
import Testing

@Suite struct ReportNumberTests {
    @Test func scoresHaveTheirDecimals() {
        #expect(Metric.nmse.text(0.02134) == "0.0213")
        #expect(Metric.ssim.text(0.9308) == "0.931")
        #expect(Metric.psnr.text(24.06) == "24.1 dB")
        #expect(Metric.psnr.text(.infinity) == "∞ dB")
    }

    @Test func whatDoesNotExistIsADash() {
        #expect(Metric.nmse.text(nil) == "–")
        #expect(Metric.ssim.text(.nan) == "–")
        #expect(Metric.psnr.text(nil) == "–")
    }

    @Test func signsAndExtremes() {
        #expect(ReportNumber.fixed(-1.25, 1) == "−1.2" || ReportNumber.fixed(-1.25, 1) == "−1.3")
        #expect(ReportNumber.fixed(-0.00001, 3) == "0.000")
        #expect(ReportNumber.fixed(-.infinity, 3) == "−∞")
        #expect(ReportNumber.fixed(1e300, 2).count < 12)
        #expect(ReportNumber.fixed(1_234_567.5, 1) == "1234567.5")
    }
}
