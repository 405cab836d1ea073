import Foundation
import Tensors
import TestSupport
import Testing

/// What is written says on what it was computed.
struct ComputingRecordTests {
    private func instructionSet(_ json: [String: Any]) -> String? {
        let computed = json["computed"] as? [String: String]
        #expect(computed?["processor"]?.isEmpty == false && computed?["precision"] == "float32")
        return computed?["instructionSet"]
    }

    @Test func recordsOfARunNameProcessorInstructionSetAndPrecision() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p"))
        let arguments = ["impute", work.path("in"), "--out", work.path("out"), "--model", work.model]
        #expect(try CLI(arguments, environment: ["COLLAGAN_ISA": "baseline"]).status == 0)
        for file in ["run.json", "p/metrics.json", "p/p_FLAIR_imputed.json"] {
            #expect(instructionSet(try work.json("out/\(file)"))?.hasPrefix("baseline") == true, "\(file)")
        }
        let page = String(decoding: try work.data("out/p/report.html"), as: UTF8.self)
        #expect(page.contains("Instruction set") && page.contains(ComputingRecord.current.processor))
        // Another set's result stands.
        let first = try #require(InstructionSet.available.first)
        let again = try CLI(arguments, environment: ["COLLAGAN_ISA": first])
        #expect(again.status == 0)
        let entry = (try work.json("out/run.json")["patients"] as? [[String: Any]])?.first
        #expect(entry?["status"] as? String == "skipped")
        #expect((entry?["reason"] as? String)?.contains("with the instruction set baseline") == (first != "baseline"))
    }

    @Test(.enabled(if: InstructionSet.current != "baseline", "there is no second instruction set"))
    func aTrainingThatGoesOnWithAnotherSetSaysSo() throws {
        let (place, stopped) = try CLI.caught(from: 2) { count in
            let place = try TrainingWorkplace(TrainingWorkplace.direct + "steps: \(count * 100)", patients: 2)
            return (place, try CLI(place.arguments(), interruptedAt: "training on"))
        }
        #expect(stopped.status == 130, "\(stopped.errors)")
        let first = InstructionSet.current
        let resumed = try CLI(place.arguments() + ["--resume"], environment: ["COLLAGAN_ISA": "baseline"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("with the instruction set baseline, float32; before, it was \(first), float32"))
        let info = try CLI(["model", "info", place.work.path("model/model.safetensors"), "--json"])
        #expect(info.output.contains("\"\(first), baseline\""), "\(info.output)")
    }

    @Test func bfloat16IsRecordedAndItsResultsAreItsOwn() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p"))
        let arguments = ["impute", work.path("in"), "--out", work.path("out"), "--model", work.model]
        let emulated = ["COLLAGAN_ISA": "emulated"]
        func status(_ run: CLI) throws -> String? {
            #expect(run.status == 0, "\(run.errors)")
            return (try work.json("out/run.json")["patients"] as? [[String: Any]])?.first?["status"] as? String
        }
        #expect(try status(CLI(arguments, environment: emulated)) == "done")
        let exact = try work.data("out/p/p_FLAIR_imputed.nii.gz")
        #expect(try status(CLI(arguments + ["--precision", "bfloat16"], environment: emulated)) == "done")
        #expect(try work.data("out/p/p_FLAIR_imputed.nii.gz") != exact)
        for file in ["run.json", "p/metrics.json", "p/p_FLAIR_imputed.json"] {
            let computed = try work.json("out/\(file)")["computed"] as? [String: String]
            #expect(computed?["instructionSet"] == "emulated" && computed?["precision"] == "bfloat16", "\(file)")
        }
        #expect(try status(CLI(arguments + ["--precision", "bfloat16"], environment: emulated)) == "skipped")
        try FileManager.default.removeItem(at: work.root.appending(path: "out"))
        let file = work.root.appending(path: "run.yaml")
        try "input: {patients: in}\noutputs: {folder: out}\nmodel: {file: \(work.model), precision: bfloat16}\n"
            .write(to: file, atomically: true, encoding: .utf8)
        #expect(try status(CLI(["run", file.path, "--threads", "1"], environment: emulated)) == "done")
        #expect((try work.json("out/run.json")["computed"] as? [String: String])?["precision"] == "bfloat16")
    }

    @Test func aTrainingInBFloat16SaysSo() throws {
        let place = try TrainingWorkplace(TrainingWorkplace.direct + "steps: 3\nprecision: bfloat16\n", patients: 2)
        let run = try CLI(place.arguments(), environment: ["COLLAGAN_ISA": "emulated"])
        #expect(run.status == 0, "\(run.errors)")
        let info = try CLI(["model", "info", place.work.path("model/model.safetensors"), "--json"])
        for part in ["\"emulated\"", "\"bfloat16\""] { #expect(info.output.contains(part), "\(info.output)") }
    }

    @Test func bfloat16WithoutAUnitIsRefusedOnOneLine() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p"))
        let place = try TrainingWorkplace(TrainingWorkplace.direct + "steps: 3\nprecision: bfloat16\n", patients: 2)
        let impute = ["impute", work.path("in"), "--out", work.path("out"), "--model", work.model]
        for arguments in [impute + ["--precision", "bfloat16"], place.arguments()] {
            let run = try CLI(arguments, environment: ["COLLAGAN_ISA": "baseline"])
            #expect(run.status == 2, "\(run.errors)")
            #expect(run.errorLines.count == 1 && run.errors.contains("neither AMX nor AVX-512 BF16"), "\(run.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: work.path("out")))
    }
}
