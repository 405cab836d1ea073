import Pipeline
import Testing

struct ProgressLineTests {
    private let line = ProgressLine(number: 3, count: 40, name: "sub-01", stage: "T2 from T1 40 %", secondsLeft: 720)

    @Test func saysWhoWhatAndHowLong() {
        #expect(line.text(columns: 80) == "[3/40] sub-01: T2 from T1 40 %, about 12 min left")
    }

    @Test(arguments: [
        "sub-01", String(repeating: "long", count: 60), "病人二十六号的扫描数据", "Mu\u{308}ller-Łódź", "👩‍👩‍👧 family", "",
        "a\u{1B}[31mred\nline",
    ])
    func fitsEveryTerminal(_ name: String) {
        for columns in [0, 1, 5, 20, 40, 79, 200] {
            var line = line
            line.name = name
            let text = line.text(columns: columns)
            #expect(text.terminalWidth <= columns, "\(text)")
            #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
    }

    @Test func theNameIsShortenedBeforeTheRest() {
        var line = line
        line.name = String(repeating: "x", count: 100)
        let text = line.text(columns: 60)
        #expect(text.hasPrefix("[3/40] xxx") && text.hasSuffix("…: T2 from T1 40 %, about 12 min left"))
        #expect(text.terminalWidth == 60)
    }

    @Test func wideCharactersTakeTwoColumns() {
        #expect("abc".terminalWidth == 3)
        #expect("病人".terminalWidth == 4)
        #expect("u\u{308}".terminalWidth == 1)
        #expect("病人二".fitted(to: 4) == "病…")
        #expect("病人二".fitted(to: 5) == "病人…")
        #expect("abc".fitted(to: 3) == "abc")
    }
}
