import CollaGAN
import Testing

/// Sizes of networks as they are published, for slices of 240×240.
@Suite struct MultiplyAddsTests {
    @Test(arguments: [
        (MethodName.collagan, 4, 64, 0, 1, 36.0), (.stargan, 4, 64, 6, 1, 34.1), (.stargan, 4, 16, 6, 1, 2.34),
        (.cyclegan, 2, 64, 9, 2, 42.8), (.cyclegan, 2, 64, 6, 2, 30.1), (.pix2pix, 4, 16, 9, 12, 2.74),
    ])
    func areThosePublished(
        _ method: MethodName, _ contrasts: Int, _ ngf: Int, _ blocks: Int, _ generators: Int, _ gmac: Double
    ) {
        var description = ModelDescription(
            name: "", ngf: ngf, contrasts: (0..<contrasts).map { "C\($0)" },
            crop: ModelDescription.Crop(height: 240, width: 240), spacing: 1, normalisation: .mean,
            referenceScales: [], regressions: [], provenance: [:])
        (description.method, description.blocks) = (method, blocks)
        let network = method.kind.network(description, sharing: [:])
        #expect(network.generatorCount == generators)
        let found = Double(network.multiplyAdds(height: 240, width: 240)) / 1e9
        // Published with three digits.
        #expect(abs(found - gmac) <= (gmac < 10 ? 0.005 : 0.05), "\(found)")
    }
}
