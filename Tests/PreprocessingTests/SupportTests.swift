import Preprocessing
import TestSupport
import Testing
import Volumes

/// Brains whose edges and background interpolation has blurred.
@Suite struct SupportTests {
    private let preprocessor = Preprocessor(
        PreprocessingSettings(
            contrasts: InputCheckTests.names, cropHeight: 192, cropWidth: 160, spacing: 1, normalisation: .metrics))

    private func input(_ volume: Volume) -> PreprocessingInput { PreprocessingInput(volume: volume, path: "p.nii") }

    @Test func ringingIsNoBrain() throws {
        let ringing = InputCheckTests.contrasts.map(Spline.moved)
        let mask = Spline.linearlyMoved(
            Volume(grid: InputCheckTests.grid, voxels: InputCheckTests.brain.map { $0 ? 1 : 0 }))
        let isInside = mask.voxels.map { $0 >= 0.5 }
        let background = zip(ringing[0].voxels, isInside).count { $0 > 0 && !$1 }
        #expect(Double(background) > 0.2 * Double(isInside.count { !$0 }))
        let clean = ringing.map { volume in
            Volume(grid: volume.grid, voxels: zip(volume.voxels, isInside).map { $1 ? $0 : 0 })
        }
        let (found, expected) = (
            try preprocessor.prepare(ringing.map(input)), try preprocessor.prepare(clean.map(input))
        )
        let volume = Double(found.brain.voxels.count { $0 > 0 })
        let truth = Double(expected.brain.voxels.count { $0 > 0 })
        #expect(abs(volume / truth - 1) < 0.02, "\(volume) against \(truth)")
        for contrast in 0..<4 {
            let (one, other) = (try #require(found.normalised(contrast)), try #require(expected.normalised(contrast)))
            let error = zip(one.voxels, other.voxels).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
            let energy = other.voxels.reduce(0.0) { $0 + Double($1 * $1) }
            #expect(error / energy < 0.01, "\(InputCheckTests.names[contrast]) \(error / energy)")
        }
        #expect(
            InputCheck(ringing.map(input), brainMask: nil, contrasts: InputCheckTests.names).findings == [])
    }

    @Test func aSoftMaskCountsFromItsHalf() throws {
        let brain = Volume(grid: InputCheckTests.grid, voxels: InputCheckTests.brain.map { $0 ? 1 : 0 })
        let inputs = InputCheckTests.contrasts.map(input)
        let truth = Double(InputCheckTests.brain.count { $0 })
        for (name, mask) in [("spline", Spline.moved(brain)), ("linear", Spline.linearlyMoved(brain))] {
            #expect(Double(mask.voxels.count { $0 > 0 }) > 1.03 * truth)
            let volume = Double(
                try preprocessor.prepare(inputs, brainMask: input(mask)).brain.voxels.count { $0 > 0 })
            #expect(abs(volume / truth - 1) < 0.02, "\(name) \(volume / truth)")
        }
    }

    /// Label maps are masks from 1 on, however large their labels; an image of the brain is one where it shows something.
    @Test func labelMapsAndBrainsAreMasks() throws {
        let inputs = InputCheckTests.contrasts.map(input)
        let truth = InputCheckTests.brain.count { $0 }
        let labels = Volume(
            grid: InputCheckTests.grid, voxels: InputCheckTests.brain.enumerated().map { $1 ? Float(1 + $0 % 3) : 0 })
        #expect(
            try preprocessor.prepare(inputs, brainMask: input(labels)).brain.voxels.count { $0 > 0 } == truth)
        let own = InputCheckTests.contrasts[0].voxels.count { $0 > 0 }
        let image = try preprocessor.prepare(inputs, brainMask: inputs[0])
        #expect(image.brain.voxels.count { $0 > 0 } == own)
    }
}

/// Interpolation 0.3 voxels on along every axis.
enum Spline {
    private static let way = 0.3

    /// With cubic B-splines, whose coefficients reach far (Unser, IEEE Signal Processing Magazine 1999).
    static func moved(_ volume: Volume) -> Volume {
        let weights = (-1...2).map { basis(abs(way - Double($0))) }
        return alongEachAxis(volume) { line in
            let pole = 3.0.squareRoot() - 2
            var c = line.map { 6 * Double($0) }
            for n in c.indices.dropFirst() { c[n] += pole * c[n - 1] }
            c[c.count - 1] *= pole / (pole - 1)
            for n in c.indices.dropLast().reversed() { c[n] = pole * (c[n + 1] - c[n]) }
            return c.indices.map { n in
                (-1...2).reduce(Float(0)) { sum, step in
                    c.indices.contains(n + step) ? sum + Float(weights[step + 1] * c[n + step]) : sum
                }
            }
        }
    }

    private static func basis(_ x: Double) -> Double {
        x < 1 ? 2 / 3 - x * x + x * x * x / 2 : (2 - x) * (2 - x) * (2 - x) / 6
    }

    static func linearlyMoved(_ volume: Volume) -> Volume {
        alongEachAxis(volume) { line in
            line.indices.map { (1 - Float(way)) * line[$0] + ($0 + 1 < line.count ? Float(way) * line[$0 + 1] : 0) }
        }
    }

    private static func alongEachAxis(_ volume: Volume, _ change: ([Float]) -> [Float]) -> Volume {
        var result = volume
        let size = volume.grid.size
        let steps = [1, size.x, size.x * size.y]
        for axis in 0..<3 {
            for start in result.voxels.indices where start / steps[axis] % size[axis] == 0 {
                let places = (0..<size[axis]).map { start + $0 * steps[axis] }
                for (place, value) in zip(places, change(places.map { result.voxels[$0] })) {
                    result.voxels[place] = value
                }
            }
        }
        return result
    }
}
