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
}
