import Pipeline
import Testing

struct PaceTests {
    @Test func nothingIsSaidBeforeAnythingIsKnown() {
        let pace = Pace()
        #expect(pace.secondsLeft(fraction: 0, elapsed: 0, others: 9) == nil)
        #expect(pace.secondsLeft(fraction: 0.01, elapsed: 60, others: 9) == nil)
        #expect(pace.secondsLeft(fraction: 0.9, elapsed: 0.1, others: 9) == nil)
    }

    @Test func theFirstPatientStandsForTheOthers() {
        #expect(Pace().secondsLeft(fraction: 0.25, elapsed: 10, others: 3) == 150.0)
    }

    @Test func laterTheMeanOfThoseBeforeDoes() {
        var pace = Pace()
        pace.finished(after: 10)
        pace.finished(after: 30)
        #expect(pace.secondsLeft(fraction: 0, elapsed: 0, others: 4) == 100.0)
        #expect(pace.secondsLeft(fraction: 0.5, elapsed: 50, others: 4) == 130.0)
        #expect(pace.secondsLeft(fraction: 0, elapsed: 500, others: 0) == 0.0)
    }

    private static let times: [(Double, String)] = [
        (0.2, "about 5 s"), (41, "about 45 s"), (59.5, "about 1 min"), (720, "about 12 min"),
        (12_000, "about 3 h 20 min"), (190_800, "about 2 days 5 h"), (.infinity, "very long"), (.nan, "very long"),
    ]

    @Test(arguments: times)
    func timesAreWordsForPeople(_ seconds: Double, _ text: String) {
        #expect(Pace.text(seconds) == text)
    }
}
