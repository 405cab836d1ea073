import TestSupport
import Preprocessing
import Testing
import Volumes

@Suite struct CropWindowTests {
    /// Prepares a volume that is 1 or 2 in the given box (columns, rows) of every slice.
    private func prepare(
        _ size: SIMD3<Int>, x: ClosedRange<Int>, y: ClosedRange<Int>, specks: [SIMD3<Int>] = []
    ) throws -> (volume: Volume, patient: PreparedPatient) {
        var volume = SyntheticVolumes.volume(Phantom.grid(size)) { i, j, _ in
            x.contains(i) && y.contains(j) ? Float(1 + (i + j) % 2) : 0
        }
        for speck in specks { volume[speck.x, speck.y, speck.z] = 1 }
        return (volume, try Preprocessor(.test()).prepare([Phantom.input(volume)]))
    }

    @Test func windowIsCentredOnTheBrain() throws {
        let (_, patient) = try prepare(SIMD3(80, 90, 4), x: 40...59, y: 10...39)
        #expect(patient.crop.width == 32 && patient.crop.height == 48)
        #expect(patient.crop.x == 34 && patient.crop.y == 1)
    }

    @Test func windowReachesBeyondTheImage() throws {
        let (volume, patient) = try prepare(SIMD3(12, 90, 4), x: 0...11, y: 0...9)
        #expect(patient.crop.x == -10 && patient.crop.y == -19)
        let image = try #require(patient.stack.images[0])
        #expect(patient.volume(fromImage: image, scale: 2).voxels == volume.voxels)
    }

    @Test func windowGrowsToHoldTheBrain() throws {
        let (_, patient) = try prepare(SIMD3(80, 90, 4), x: 3...35, y: 2...87)
        #expect(patient.crop.width == 48 && patient.crop.height == 96)
        #expect(patient.stack.width == 48 && patient.stack.height == 96)
        #expect(patient.stack.brain.count { $0 } == 4 * 33 * 86)
    }

    @Test func distantSpecksDoNotWidenTheWindow() throws {
        let specks = [SIMD3(0, 20, 1), SIMD3(79, 89, 3), SIMD3(78, 89, 3)]
        let (volume, patient) = try prepare(SIMD3(80, 90, 4), x: 40...59, y: 10...39, specks: specks)
        #expect(patient.crop.width == 32 && patient.crop.x == 34 && patient.crop.y == 1)
        #expect(patient.notes.contains { $0.hasPrefix("3 of ") })
        // The specks are brain, but the network never sees them.
        #expect(patient.brain[79, 89, 3] == 1)
        let image = try #require(patient.stack.images[0])
        let back = patient.volume(fromImage: image, scale: try #require(patient.percentiles[0]))
        #expect(back[79, 89, 3] == 0 && back[45, 20, 1] == volume[45, 20, 1])
    }

    @Test func taperingEndsBelongToTheBrain() throws {
        // A line of single voxels that touches the brain is tissue, not a speck.
        let tip = (60...75).map { SIMD3($0, 20, 1) }
        let (volume, patient) = try prepare(SIMD3(80, 90, 4), x: 40...59, y: 10...39, specks: tip)
        #expect(patient.crop.width == 48)
        #expect(patient.stack.brain.count { $0 } == volume.voxels.count { $0 > 0 })
    }

    @Test func smallBrainsCountInFull() throws {
        let volume = SyntheticVolumes.volume(Phantom.grid(SIMD3(40, 60, 1))) { i, j, _ in
            [SIMD2(5, 5), SIMD2(30, 40), SIMD2(6, 5)].contains(SIMD2(i, j)) ? Float(i) : 0
        }
        let patient = try Preprocessor(.test()).prepare([Phantom.input(volume)])
        #expect(patient.stack.brain.count { $0 } == 3)
    }
}
