import Foundation
import Testing

/// What the self-check says outside the report, with and without a reference in the model.
struct SelfCheckTests {
    /// Metadata of a model that usually reaches `usual` on every self-check of FLAIR imputed from the three others.
    private static func metadata(_ usual: [Double]) -> [String: String] {
        let entries = zip(0..., usual).map { #"{"target": 3, "contrast": \#($0), "nmse": \#($1)}"# }
        return ["selfCheck": "[\(entries.joined(separator: ", "))]"]
    }

    /// Imputes FLAIR with such a model and returns run, record of the contrast and sidecar.
    private static func impute(
        _ work: Workplace, usual: [Double]?
    ) throws -> (run: CLI, record: [String: Any], sidecar: [String: Any]) {
        let folder = work.path("out-\(UUID().uuidString)")
        let model = try usual.map { try work.model(with: metadata($0)) } ?? work.model
        let run = try CLI(["impute", work.path("in"), "--out", folder, "--model", model, "--targets", "FLAIR"])
        #expect(run.status == 0, "\(run.errors)")
        let relative = String(folder.dropFirst(work.root.path.count + 1))
        let contrasts = try work.json("\(relative)/p/metrics.json")["contrasts"] as? [String: [String: Any]]
        return (run, try #require(contrasts?["FLAIR"]), try work.json("\(relative)/p/p_FLAIR_imputed.json"))
    }

    @Test func unusualIsAWarningAndRaisedANote() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p"))
        let (_, plain, _) = try Self.impute(work, usual: nil)
        let checks = try #require(plain["selfCheck"] as? [String: [String: Any]])
        let found = try ["T1", "T1Gd", "T2"].map { name in
            try #require((checks[name]?["scores"] as? [String: Any])?["nmse"] as? Double)
        }

        // T1 as usual, T1Gd three times what is usual, T2 five times.
        let (run, record, sidecar) = try Self.impute(work, usual: [found[0] / 1.9, found[1] / 3, found[2] / 5])
        let all = try #require(record["warnings"] as? [String])
        let warnings = all.filter { $0.hasPrefix("unusual-self-check: ") }
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("self-check: T2, made again with the imputed FLAIR") == true)
        #expect(warnings.first?.contains("look for a bad input or a patient unlike those") == true)
        #expect((sidecar["warnings"] as? [String])?.suffix(all.count) == all[...])
        #expect(run.errors.contains("warning: p: unusual-self-check: self-check: T2,"))
        let notes = try #require(sidecar["notes"] as? [String]).filter { $0.hasPrefix("self-check") }
        #expect(notes.count == 1 && notes.first?.hasPrefix("self-check: T1Gd,") == true)
        // Foundation's reader of JSON may be off by the last bit.
        let usual = (record["selfCheck"] as? [String: [String: Any]])?["T2"]?["usualNMSE"] as? Double
        #expect(abs((usual ?? 0) * 5 / found[2] - 1) < 1e-14)
    }

    @Test func withAReferenceACopyDoesNotMatter() throws {
        let work = try Workplace()
        // Three nearly equal contrasts: a copy is better than any network.
        let folder = work.root.appending(path: "in/p")
        try Phantom.write(["T1"], to: folder)
        for name in ["T1Gd", "T2"] {
            try FileManager.default.copyItem(
                at: folder.appending(path: "T1.nii.gz"), to: folder.appending(path: "\(name).nii.gz"))
        }
        let (_, plain, _) = try Self.impute(work, usual: nil)
        let warnings = try #require(plain["warnings"] as? [String])
        #expect(warnings.count == 3 && warnings.allSatisfy { $0.contains("no better than a copy of") })
        let (run, record, _) = try Self.impute(work, usual: [1e6, 1e6, 1e6])
        #expect((record["warnings"] as? [String])?.contains { $0.hasPrefix("unusual-self-check") } == false)
        #expect(!run.errors.contains("unusual-self-check"))
    }
}
