import Foundation
import Tensors
import Testing

@Suite struct SeededGeneratorTests {
    /// From an independent implementation of the published xoshiro256** and SplitMix64; the seeding of 0 is
    /// SplitMix64's published first value 0xE220A8397B1DCDAF.
    @Test(arguments: [
        (
            UInt64(0), UInt64(0xE220_A839_7B1D_CDAF),
            [
                0x99EC_5F36_CB75_F2B4, 0xBF6E_1F78_4956_452A, 0x1A5F_849D_4933_E6E0, 0x6AA5_94F1_262D_2D2C,
                0xBBA5_AD4A_1F84_2E59,
            ] as [UInt64], UInt64(0x7AAC_8C48_3A2E_DD2F)
        ),
        (
            42, 0xBDD7_3226_2FEB_6E95,
            [
                0x1578_0B2E_0C2E_C716, 0x6104_D986_6D11_3A7E, 0xAE17_5332_39E4_99A1, 0xECB8_AD47_03B3_60A1,
                0xFDE6_DC7F_E2EC_5E64,
            ], 0x8DE5_848C_61AB_8968
        ),
        (
            .max, 0xE4D9_7177_1B65_2C20,
            [
                0x8F55_20D5_2A7E_AD08, 0xC476_A018_CAA1_802D, 0x81DE_31C0_D260_469E, 0xBF65_8D7E_065F_3C2F,
                0x9135_93FD_A1BC_A32A,
            ], 0xC3C9_3EA5_CDE4_34CC
        ),
    ])
    func referenceValues(seed: UInt64, firstWord: UInt64, firstFive: [UInt64], thousandth: UInt64) {
        var generator = SeededGenerator(seed: seed)
        #expect(generator.state[0] == firstWord)
        #expect((0..<5).map { _ in generator.next() } == firstFive)
        for _ in 5..<999 { _ = generator.next() }
        #expect(generator.next() == thousandth)
    }

    @Test func savedStateResumesTheSequence() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<123 { _ = generator.next() }
        let saved = try JSONEncoder().encode(generator)
        var resumed = try JSONDecoder().decode(SeededGenerator.self, from: saved)
        #expect(resumed == generator)
        #expect((0..<100).map { _ in resumed.next() } == (0..<100).map { _ in generator.next() })
    }

    @Test(arguments: [
        #"{"state":[]}"#, #"{"state":[1,2,3]}"#, #"{"state":[1,2,3,4,5]}"#, #"{"state":[0,0,0,0]}"#, #"{}"#,
        #"{"state":[1,2,3,-4]}"#,
    ])
    func stateThatIsNoneIsRefused(_ json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SeededGenerator.self, from: Data(json.utf8))
        }
    }

    @Test func uniformNumbersFillTheirRange() {
        var generator = SeededGenerator(seed: 3)
        let values = (0..<20000).map { _ in generator.uniform() }
        #expect(values.allSatisfy { (0..<1).contains($0) && ($0 * 0x1p24).rounded() == $0 * 0x1p24 })
        let mean = values.reduce(0.0) { $0 + Double($1) } / 20000
        let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 20000
        // Five standard errors.
        #expect(abs(mean - 0.5) < 5 * (1.0 / 12 / 20000).squareRoot())
        #expect(abs(variance - 1.0 / 12) < 5 * (1.0 / 180 / 20000).squareRoot())
        #expect((0..<5000).allSatisfy { _ in (-2.5...1.5).contains(generator.uniform(-2.5...1.5)) })
    }

    @Test func indicesAreBelowTheirBoundAndEvenlySpread() {
        var generator = SeededGenerator(seed: 4)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<14000 { counts[generator.index(below: 7)] += 1 }
        // Five standard deviations of a binomial of mean 2000.
        #expect(counts.allSatisfy { abs($0 - 2000) < 210 })
        #expect(generator.index(below: 1) == 0)
    }
}
