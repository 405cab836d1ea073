import CollaGAN
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct GoldenTests {
    @Test func generatorDiscriminatorAndAdamAgreeWithPyTorch() throws {
        let result = try ModelVerification.verify(
            weights: Fixtures.path("generator-ngf8/weights.safetensors"),
            case: Fixtures.path("generator-ngf8/case.safetensors"))
        // Without fused multiply-adds one activation, 1.9e-7 from zero, has the other sign, and gradients jump: docs/numerics.md.
        let isFused = InstructionSet.current != "baseline"
        #expect(result.passed || !isFused, "beyond their limits: \(result.failures)")
        #expect(result.gradients.values.allSatisfy { $0 < (isFused ? 1e-3 : 1e-2) })
        #expect(result.forward < 1e-4)
        #expect(result.discriminator < 1e-4)
        #expect(result.adamLoss < 1e-4)
        #expect(result.gradients.count == 218 + 24)
    }
}

/// Files that do not fit are refused with a reason, whatever they hold.
@Suite struct VerificationRefusalTests {
    private func refusal(_ change: (inout Safetensors) -> Void) throws -> ModelError? {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var file = try Safetensors.read(Fixtures.path("generator-ngf8/case.safetensors"))
        change(&file)
        let path = folder.appending(path: "case.safetensors").path
        try file.write(to: path)
        return #expect(throws: ModelError.self) {
            try ModelVerification.verify(
                weights: Fixtures.path("generator-ngf8/weights.safetensors"), case: path)
        }
    }

    @Test(arguments: [Float.nan, 1e30, -1, 4, 0.5]) func targetsThatAreNoContrast(value: Float) throws {
        #expect(try refusal { $0.tensors["target_index"]!.values[0] = value }?.code == .mismatch)
    }

    @Test func missingAndMisshapenTensors() throws {
        #expect(try refusal { $0.tensors["l1"] = nil }?.code == .mismatch)
        #expect(try refusal { $0.tensors["images"]!.shape = [2, 4, 144 * 128] }?.code == .mismatch)
        #expect(try refusal { $0.tensors["images"] = .init(shape: [0, 4, 128, 144], values: []) }?.code == .mismatch)
    }

    @Test func aSmallFileThatNamesAWideNetworkIsRefusedBeforeAnythingIsAllocated() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "wide.safetensors").path
        try Safetensors(metadata: ["ngf": "1024", "contrasts": "T1,T1Gd,T2,FLAIR"]).write(to: path)
        let refusal = #expect(throws: ModelError.self) { try CollaGANModel.load(path) }
        #expect(refusal?.code == .mismatch)
    }
}
