import CollaGAN
import TestSupport
import Testing

@Suite struct GoldenTests {
    @Test func generatorDiscriminatorAndAdamAgreeWithPyTorch() throws {
        let result = try ModelVerification.verify(
            weights: Fixtures.path("generator-ngf8/weights.safetensors"),
            case: Fixtures.path("generator-ngf8/case.safetensors"))
        #expect(result.passed, "beyond their limits: \(result.failures)")
        #expect(result.forward < 1e-4)
        #expect(result.discriminator < 1e-4)
        #expect(result.adamLoss < 1e-4)
        #expect(result.gradients.count == 218 + 24)
    }
}
