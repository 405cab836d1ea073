import Preprocessing
import TestSupport
import Testing
import Volumes

@Suite struct RealPatientTests {
    private static let complete = Fixtures.sharedData("openms/patient26")
    private static let thickSlices = Fixtures.sharedData("openms_longitudinal/patient01_study1")
    private static let contrasts = ["T1", "T1Gd", "T2", "FLAIR"]

    private func input(_ folder: String?, _ name: String) throws -> PreprocessingInput {
        let path = try #require(folder) + "/\(name).nii.gz"
        return PreprocessingInput(volume: try NIfTIFile.read(path).volume, path: path)
    }

    @Test(.enabled(if: complete != nil)) func brainOfOneMillimetre() throws {
        let inputs = try ["T1", "T1POST", "T2", "FLAIR"].map { try input(Self.complete, $0) }
        let settings = PreprocessingSettings(
            contrasts: Self.contrasts, cropHeight: 192, cropWidth: 160, spacing: 1, normalisation: .metrics)
        let patient = try Preprocessor(settings).prepare(inputs)
        #expect(patient.stack.height == 192 && patient.stack.width == 160 && patient.stack.slices == 182)
        #expect(patient.notes.isEmpty)
        // The whole brain is in the window, about 1.1 litres of it.
        let voxels = patient.brain.voxels.count { $0 > 0 }
        #expect(patient.stack.brain.count { $0 } == voxels)
        #expect((900_000...1_500_000).contains(voxels))
        for contrast in 0..<4 {
            let image = try #require(patient.stack.images[contrast])
            let bright = image.count { $0 > 1 }
            #expect(abs(Double(bright) / Double(voxels) - 0.005) < 0.001)
            let restored = patient.volume(fromImage: image, scale: 1)
            #expect(restored.voxels == patient.normalised(contrast)?.voxels)
            #expect(restored.grid == inputs[contrast].volume.grid)
        }
    }

    @Test(.enabled(if: thickSlices != nil)) func skullOnThickSlicesWithMask() throws {
        let (t1, t2, flair) = (
            try input(Self.thickSlices, "T1"), try input(Self.thickSlices, "T2"), try input(Self.thickSlices, "FLAIR")
        )
        let mask = try input(Self.thickSlices, "brainmask")
        let settings = PreprocessingSettings(
            contrasts: Self.contrasts, cropHeight: 192, cropWidth: 160, spacing: 1, normalisation: .metrics)
        let patient = try Preprocessor(settings).prepare([t1, nil, t2, flair], brainMask: mask)
        #expect(patient.stack.slices == 36 && patient.spacing == SIMD2(1, 1))
        #expect(patient.percentiles[1] == nil && patient.hasBrainMask)
        let inside = patient.brain.voxels
        #expect(zip(inside, mask.volume.voxels).allSatisfy { ($0 > 0) == ($1 > 0) })
        // Area per slice in mm² survives the resampling.
        let area = Double(inside.count { $0 > 0 }) * 0.71875 * 0.71875
        #expect(abs(Double(patient.stack.brain.count { $0 }) / area - 1) < 0.005)
        for contrast in [0, 2, 3] {
            let truth = try #require(patient.normalised(contrast))
            let restored = patient.volume(fromImage: try #require(patient.stack.images[contrast]), scale: 1)
            var (error, energy) = (0.0, 0.0)
            for index in truth.voxels.indices {
                #expect(inside[index] > 0 || restored.voxels[index] == 0)
                error += Double(
                    (truth.voxels[index] - restored.voxels[index]) * (truth.voxels[index] - restored.voxels[index]))
                energy += Double(truth.voxels[index] * truth.voxels[index])
            }
            #expect(error / energy < 0.01)
        }
    }
}
