import Preprocessing
import Volumes

/// Intensities of a patient's contrasts at evenly spaced voxels of the brain: enough to judge the inputs by.
struct BrainSample: Sendable {
    /// About that many voxels.
    static let size = 20_000

    /// In the metrics' unit, one list per contrast of the model, in the same order of voxels; nil where it is missing.
    let values: [[Float]?]
    /// By contrast, what a metrics' unit is in the model's normalised intensities.
    private let units: [Float]

    /// The values as the model's regressions take them.
    var normalised: [[Float]?] {
        zip(values, units).map { values, unit in values.map { $0.map { $0 * unit } } }
    }

    /// Where every contrast has data.
    /// - Parameter truth: the contrast that `prepared` does not know of; the others are then brought onto its grid.
    init(_ prepared: PreparedPatient, truth: (target: Int, image: TargetTask.Truth)?) {
        units = prepared.stack.images.indices.map { index in
            if let truth, truth.target == index { return truth.image.percentile / truth.image.scale }
            return 1 / prepared.stack.metricUnit(index)
        }
        guard let (target, image) = truth else {
            let places = Self.places(prepared.stack.covered(Array(prepared.stack.images.indices)))
            let stack = prepared.stack
            values = stack.images.enumerated().map { index, image in
                image.map { image in Normalisation.metrics(places.map { image[$0] }, stack.metricUnit(index)) }
            }
            return
        }
        let grid = image.normalised.grid
        var covered = image.brain.voxels.map { $0 > 0 }
        for index in prepared.stack.holes.indices where prepared.stack.holes[index] != nil {
            let brain = prepared.brain(coveredBy: index).placed(on: grid).voxels
            for voxel in covered.indices where brain[voxel] < 0.5 { covered[voxel] = false }
        }
        let places = Self.places(covered)
        values = prepared.stack.images.indices.map { index in
            let volume = index == target ? image.normalised : prepared.inMetricUnits(index)?.placed(on: grid)
            return volume.map { volume in places.map { volume.voxels[$0] } }
        }
    }

    private static func places(_ brain: [Bool]) -> [Int] {
        let inside = brain.indices.filter { brain[$0] }
        let step = max(inside.count / size, 1)
        return stride(from: 0, to: inside.count, by: step).map { inside[$0] }
    }
}
