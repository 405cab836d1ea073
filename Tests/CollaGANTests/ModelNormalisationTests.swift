import CollaGAN
import Foundation
import NeuralNet
import Preprocessing
import TestSupport
import Testing

/// A model file says how intensities are normalised; files from before that said it in words.
@Suite struct ModelNormalisationTests {
    private func loaded(_ normalisation: String?, format: String? = nil) throws -> Normalisation {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "model.safetensors").path
        var metadata = ["contrasts": "T1,T1Gd,T2,FLAIR"]
        metadata["normalisation"] = normalisation
        metadata["format"] = format
        try WeightFileSurgery.copy(
            Fixtures.path("generator-ngf8/weights.safetensors"), to: path, metadata: metadata)
        return try CollaGANModel.load(path).description.normalisation
    }

    @Test(arguments: [Normalisation.Kind.mean, .percentile]) func itIsKept(kind: Normalisation.Kind) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "model.safetensors").path
        var description = tinyDescription()
        description.normalisation = Normalisation(kind)
        try CollaGANModel.random(description, seed: 1).save(to: path)
        #expect(try CollaGANModel.load(path).description == description)
    }

    @Test func earlierFilesDivideByThePercentile() throws {
        let words =
            "per contrast over brain voxels (mask, else > 0): clip at 0, divide by 99.5th percentile, clip at 1.5;"
            + " background 0"
        #expect(try loaded(words, format: "collagan 1") == Normalisation(.percentile))
        #expect(try loaded(nil) == Normalisation(.percentile))
    }

    @Test(arguments: [
        "divide by the median", #"{"kind": "median", "level": 1, "ceiling": 2}"#,
        #"{"kind": "mean", "level": 0, "ceiling": 2.5}"#, #"{"kind": "mean", "level": 3, "ceiling": 2.5}"#,
    ]) func whatCannotBeMeantIsRefused(text: String) {
        #expect(throws: ModelError.self) { try loaded(text) }
    }

    @Test func laterFormatsAreRefused() {
        #expect(throws: ModelError.self) { try loaded(nil, format: "collagan 4") }
    }
}
