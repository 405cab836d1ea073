import Files
import Pipeline
import Testing
import TestSupport

struct SplitRuleTests {
    typealias Named = (name: String, subject: String)

    /// Subjects with one to four sessions each, in a random order.
    private func cohort(_ random: inout SplitMix64, subjects: Int) -> [Named] {
        (0..<subjects).flatMap { subject in
            (0..<Int.random(in: 1...4, using: &random)).map { ("s\(subject)_\($0)", "s\(subject)") }
        }.shuffled(using: &random)
    }

    private func parts(_ rule: SplitRule, _ patients: [Named], seed: UInt64) throws -> [String: Split.Part] {
        let parts = try rule.assign(patients, seed: seed, path: "c.yaml")
        return Dictionary(uniqueKeysWithValues: zip(patients.map(\.name), parts))
    }

    @Test(arguments: 0..<200) func fractionsOfSubjectsThatStayTogether(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let subjects = Int.random(in: 10...60, using: &random)
        let patients = cohort(&random, subjects: subjects)
        let (validation, test) = (
            Double.random(in: 0.05...0.4, using: &random), Double.random(in: 0.05...0.4, using: &random)
        )
        let rule = SplitRule(validation: .fraction(validation), test: .fraction(test))
        let drawn = try parts(rule, patients, seed: UInt64(seed))
        let bySubject = Dictionary(grouping: patients, by: \.subject).mapValues { Set($0.map { drawn[$0.name] }) }
        #expect(bySubject.values.allSatisfy { $0.count == 1 })
        func count(_ part: Split.Part) -> Double { Double(bySubject.values.count { $0.contains(part) }) }
        #expect(abs(count(.validation) - validation * Double(subjects)) <= 0.5)
        #expect(abs(count(.test) - test * Double(subjects)) <= 0.5)
        #expect(try parts(rule, patients.shuffled(using: &random), seed: UInt64(seed)) == drawn)
    }

    @Test func anotherSeedDrawsOthers() throws {
        let patients: [Named] = (0..<40).map { ("p\($0)", "p\($0)") }
        let rule = SplitRule(validation: .fraction(0.25))
        let draws = try (0..<20).map { try parts(rule, patients, seed: UInt64($0)).filter { $0.value == .validation } }
        #expect(Set(draws).count == 20 && draws.allSatisfy { $0.count == 10 })
    }

    /// Whoever is listed is there, whole subjects, and a fraction is drawn among the others.
    @Test(arguments: 0..<100) func listsAreObeyed(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let patients = cohort(&random, subjects: Int.random(in: 8...20, using: &random))
        let subjects = Set(patients.map(\.subject)).sorted().shuffled(using: &random)
        let bySubject = Bool.random(using: &random)
        let names =
            bySubject ? Array(subjects[..<2]) : patients.filter { subjects[..<2].contains($0.subject) }.map(\.name)
        let rule = SplitRule(validation: .fraction(0.3), test: .names(names))
        let dealt = try parts(rule, patients, seed: UInt64(seed))
        for patient in patients {
            #expect((dealt[patient.name] == .test) == subjects[..<2].contains(patient.subject))
        }
        #expect(dealt.values.contains(.validation) && dealt.values.contains(.training))
    }

    @Test func nothingAskedForTrainsOnAll() throws {
        #expect(try parts(SplitRule(), [("a", "a"), ("b", "b")], seed: 1) == ["a": .training, "b": .training])
    }

    private static let pair: [Named] = [("p1_a", "p1"), ("p1_b", "p1"), ("p2", "p2"), ("p3", "p3")]
    private static let refused: [(SplitRule, [Named], String)] = [
        (SplitRule(validation: .fraction(0.1)), pair, "'split.validation' of 0.1 is none of 3 subjects"),
        (
            SplitRule(validation: .names(["p1"]), test: .names(["p2", "p3"])), pair,
            "leaves no training patient of 4 patients"
        ),
        (
            SplitRule(validation: .names(["p1_a"])), pair,
            "'split.validation' lists sessions of subject p1, but not p1_b; list it, too, or the subject"
        ),
        (
            SplitRule(validation: .names(["p1_a"]), test: .names(["p1_b"])), pair,
            "'split.validation' lists p1_a of subject p1, who is listed as test, too"
        ),
        (
            SplitRule(test: .names(["p22"])), pair,
            "'split.test' lists p22, but no usable patient or subject is called so; did you mean p2?"
        ),
        (SplitRule(validation: .fraction(0.5), test: .fraction(0.5)), [("a", "a"), ("b", "b")], "no training patient"),
        (
            SplitRule(validation: .fraction(0.9), test: .names(["p2", "p3", "p1"])), pair, "no validation patient"
        ),
    ]

    @Test(arguments: refused.indices) func refusals(_ index: Int) {
        let (rule, patients, says) = Self.refused[index]
        let refusal = #expect(throws: CollaGANError.self) { try rule.assign(patients, seed: 1, path: "c.yaml") }
        #expect(refusal?.message.contains(says) == true, "\(refusal?.message ?? "")")
        #expect(refusal?.code == .badConfiguration && refusal?.message.hasPrefix("c.yaml: ") == true)
    }
}
