import Foundation
import Tensors
import Testing

struct BenchmarkTests {
    @Test(arguments: [
        (["--mode", "infer", "--size", "32", "--batch", "3"], 3, 32),
        (["--mode", "train", "--size", "96", "--threads", "1"], 1, 96),
    ])
    func jsonHoldsWhatWasMeasuredAndOfWhat(_ arguments: [String], _ batch: Int, _ size: Int) throws {
        let common = ["benchmark", "--ngf", "4", "--repeats", "2", "--precision", "float32", "--json"]
        let run = try CLI(common + arguments)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.isEmpty)
        let json = try run.json()
        #expect(json["mode"] as? String == arguments[1])
        let counts = ["ngf": 4, "size": size, "batch": batch, "repeats": 2]
        for (key, value) in counts { #expect(json[key] as? Int == value, "\(key)") }
        let (median, shortest) = (json["median_ms"] as? Double ?? 0, json["min_ms"] as? Double ?? 0)
        #expect(median >= shortest && shortest > 0)
        #expect(json["peak_mb"] as? Double ?? 0 > 1)
        #expect(json["threads"] as? Int ?? 0 >= 1)
        #expect(["avx512", "avx2", "baseline"].contains(json["isa"] as? String))
    }

    @Test func theEnvironmentChoosesTheInstructionSet() throws {
        let arguments = ["benchmark", "--ngf", "4", "--size", "16", "--repeats", "1", "--json"]
        let run = try CLI(arguments, environment: ["COLLAGAN_ISA": "baseline"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.isEmpty)
        #expect(try run.json()["isa"] as? String == "baseline")
        let unset = try CLI(arguments, environment: ["COLLAGAN_ISA": ""])
        #expect(unset.status == 0, "\(unset.errors)")
        #expect(try unset.json()["isa"] as? String == InstructionSet.available.first)
    }

    @Test(arguments: [("avx512bf16", 2), ("baseline", 1)])
    func peopleGetALineForEachPrecision(_ instructionSet: String, _ precisions: Int) throws {
        guard InstructionSet.choices.contains(instructionSet) else { return }
        let arguments = ["benchmark", "--ngf", "4", "--size", "16", "--repeats", "1", "--threads", "3"]
        let run = try CLI(arguments, environment: ["COLLAGAN_ISA": instructionSet])
        #expect(run.status == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 1 + precisions)
        #expect(lines[0].hasPrefix("infer, collagan, ngf 4, 16×16, batch 4, 3 threads, peak memory "))
        #expect(lines[1].hasPrefix("float32 with ") && lines[1].hasSuffix(" s for 155 slices"))
        #expect(lines.last?.contains("with \(instructionSet): ") == true)
        let json = try CLI(arguments + ["--json"], environment: ["COLLAGAN_ISA": instructionSet]).json()
        #expect((json["others"] as? [[String: Any]])?.count == precisions - 1)
        let estimate = try #require(json["estimate_s"] as? Double)
        #expect(abs(estimate - (json["median_ms"] as? Double ?? 0) * 0.155) < 1e-6)
    }

    @Test func operationsAndTheMachineAreTimed() throws {
        // Told to be on another processor, OpenBLAS may use instructions that this one lacks.
        let isToldProcessor = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] != nil
        let run = try CLI(
            ["benchmark", "--ops", "--repeats", "1", "--json"] + (isToldProcessor ? [] : ["--openblas"]))
        #expect(run.status == 0, "\(run.errors)")
        let json = try run.json()
        let rates = ["gemm_gflop_s", "bandwidth_gb_s"] + (isToldProcessor ? [] : ["openblas_gflop_s"])
        for key in rates { #expect(json[key] as? Double ?? 0 > 0, "\(key)") }
        let operations = json["operations"] as? [[String: Any]] ?? []
        let layer = try #require(operations.first { $0["shape"] as? String == "1×240×240×128" })
        for direction in ["forward", "gradients"] {
            let pass = layer[direction] as? [String: Double] ?? [:]
            #expect(["median_ms", "min_ms", "gflop_s", "gb_s"].allSatisfy { pass[$0] ?? 0 > 0 }, "\(direction)")
        }
    }

    @Test(arguments: [
        (["--size", "100"], "'--size 100': give a multiple of 16"), (["--size", "0"], "'--size 0'"),
        (["--size", "80", "--mode", "train"], "'--size 80': give a multiple of 16 from 96"),
        (["--size", "999999999999999984"], "'--size"), (["--ngf", "6"], "'--ngf 6': give a multiple of 4"),
        (["--ngf", "0"], "'--ngf 0'"), (["--batch", "0"], "'--batch 0': give a number from 1"),
        (["--batch", "2", "--mode", "train"], "'--batch 2': give 1"),
        (["--repeats", "0"], "'--repeats 0': give a number"), (["--threads", "0"], "'--threads 0'"),
        (["--mode", "fly"], "fly"), (["--openblas"], "'--openblas' goes with --ops"),
    ])
    func wrongUsageIsOneErrorLine(_ arguments: [String], _ says: String) throws {
        let run = try CLI(["benchmark"] + arguments)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errorLines.count == 1 && run.errorLines[0].contains(says), "\(run.errors)")
    }
}
