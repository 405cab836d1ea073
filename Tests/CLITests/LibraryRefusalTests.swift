import CollaGANKit
import Foundation
import Synchronization
import Testing

/// What the library refuses, in its callers' terms.
struct LibraryRefusalTests {
    private func patient(_ contrasts: [String], in work: Workplace, of model: Model) throws -> Patient {
        try Phantom.write(contrasts, to: work.root.appending(path: "in/p"))
        return try #require(try model.patients(in: work.path("in")).first)
    }

    @Test func whatIsNotThereIsRefusedByName() throws {
        let work = try Workplace()
        let model = try Model(contentsOf: work.model)
        let patient = try patient(["T1", "T2"], in: work, of: model)
        #expect(patient.available == ["T1", "T2"] && patient.missing == ["T1Gd", "FLAIR"])
        #expect(patient.path(of: "t2w") == work.path("in/p/T2.nii.gz") && patient.path(of: "flair") == nil)
        func refusal(_ contrast: String, from inputs: [String]?) -> String? {
            #expect(throws: Refusal.self) { try model.impute(contrast, of: patient, from: inputs) }?.message
        }
        #expect(refusal("PD", from: nil)?.contains("'PD'") == true)
        #expect(refusal("FLAIR", from: ["T1", "T1Gd"])?.contains("T1Gd is not there") == true)
        #expect(refusal("T1", from: ["T1", "T2"])?.contains("from itself") == true)
        #expect(refusal("FLAIR", from: [])?.contains("nothing is left") == true)
        let missing = #expect(throws: Refusal.self) { try Image(contentsOf: work.path("no.nii")) }
        #expect(missing?.path == work.path("no.nii"))
    }

    @Test func aSubsetReadsNoOtherFile() throws {
        let work = try Workplace()
        let model = try Model(contentsOf: work.model)
        let patient = try patient(["T1", "T2"], in: work, of: model)
        try Data("damaged".utf8).write(to: work.root.appending(path: "in/p/T2.nii.gz"))
        let twice = try model.impute("t1ce", of: patient, from: ["t1", "T1"])
        #expect(twice.inputs == ["T1"] && twice.contrast == "T1Gd" && twice.scores == nil)
        #expect(throws: Refusal.self) { try model.impute("T1Gd", of: patient) }
    }

    @Test func stopsWhenAsked() throws {
        let work = try Workplace()
        let model = try Model(contentsOf: work.model)
        let patient = try patient(["T1", "T2"], in: work, of: model)
        let stop = StopRequest()
        let told = Mutex(0)
        let stopped = #expect(throws: Refusal.self) {
            try model.impute("FLAIR", of: patient, threads: 1, stop: stop) { _ in
                told.withLock { $0 += 1 }
                stop.stop()
            }
        }
        #expect(stopped?.message.contains("stopped as asked") == true && told.withLock { $0 } == 1)
    }

    @Test func aHiddenContrastIsScoredAndAnotherModelsPatientRefused() throws {
        let work = try Workplace()
        let model = try Model(contentsOf: work.model)
        let patient = try patient(["T1", "T2", "FLAIR"], in: work, of: model)
        let scores = try #require(try model.impute("FLAIR", of: patient).scores)
        #expect(scores.nmse ?? -1 > 0 && scores["mae", in: .brain] ?? -1 > 0 && scores["mae", in: .lesion] == nil)
        #expect(scores["no such metric"] == nil && Scores.metrics.contains("psnr"))
        let other = try Model(contentsOf: work.model(with: ["contrasts": "FLAIR,T1,T2,T1Gd"]))
        let refused = #expect(throws: Refusal.self) { try other.impute("T1Gd", of: patient) }
        #expect(refused?.message.contains("other contrasts") == true)
    }
}
