import Tensors
import Metrics
import TestSupport
import Testing

@Suite struct QuadraticRegressionTests {
    /// Images of `contrasts` contrasts, correlated as those of a brain are, and a brain of about 3/4 of the voxels.
    private func patient(_ seed: UInt64, contrasts: Int, voxels: Int) -> (images: [[Float]], brain: [Bool]) {
        var generator = SplitMix64(seed: seed)
        let common = generator.image(voxels)
        let images = (0..<contrasts).map { contrast -> [Float] in
            let own = generator.image(voxels)
            return zip(common, own).map { $0 * (contrast.isMultiple(of: 2) ? 1 : 0.5) + 0.5 * $1 * $0 + 0.25 * $1 }
        }
        return (images, generator.image(voxels).map { $0 < 0.75 })
    }

    private func close(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
    }

    @Test func equalsNumPyLeastSquares() throws {
        var generator = SplitMix64(seed: 11)
        let (a, b, noise) = (generator.image(400), generator.image(400), generator.image(400))
        let target = a.indices.map { 0.5 * a[$0] + 0.25 * b[$0] * b[$0] + 0.125 * noise[$0] }
        var accumulator = SingleRegression(target: 3, inputs: [0, 2])
        accumulator.add(inputs: [a, b], target: target, where: [Bool](repeating: true, count: 400))
        let fit = try #require(accumulator.solve())
        // numpy.linalg.lstsq, NumPy 2.4.6, features [1, a, b, aa, ab, bb].
        let expected = [
            0.07284102911633299, 0.4892488612192655, -0.02516442167849099, -0.0016494283238052212,
            -0.0029180492911634417,
            0.26943987944324665,
        ]
        #expect(fit.target == 3 && fit.inputs == [0, 2])
        #expect(close(fit.coefficients, expected, 1e-6))
    }

    @Test func recoversAQuadratic() throws {
        let (images, brain) = patient(21, contrasts: 3, voxels: 5000)
        let truth: [Double] = [0.1, 0.3, -0.2, 0.4, 0.5, -0.1, 0.2, 0.05, -0.3, 0.6]
        let target = brain.indices.map { voxel -> Float in
            let (a, b, c) = (Double(images[0][voxel]), Double(images[1][voxel]), Double(images[2][voxel]))
            let features = [1, a, b, c, a * a, a * b, a * c, b * b, b * c, c * c]
            return Float(zip(features, truth).reduce(0) { $0 + $1.0 * $1.1 })
        }
        var accumulator = SingleRegression(target: 3, inputs: [0, 1, 2])
        accumulator.add(inputs: images, target: target, where: brain)
        let fit = try #require(accumulator.solve())
        #expect(close(fit.coefficients, truth, 1e-4))
        let prediction = fit.predict(images.map { $0 } + [nil], brain: brain)
        for voxel in brain.indices {
            #expect(brain[voxel] ? abs(prediction[voxel] - max(target[voxel], 0)) < 1e-5 : prediction[voxel] == 0)
        }
    }

    @Test func everySubsetEqualsItsOwnFit() throws {
        // One complete patient and two that lack a contrast; voxel counts straddle the chunks of the accumulator.
        let full = patient(31, contrasts: 4, voxels: 70_000)
        let second = patient(32, contrasts: 4, voxels: 4000)
        let third = patient(33, contrasts: 4, voxels: 3000)
        var cohort = QuadraticRegression.CohortAccumulator(contrastCount: 4)
        cohort.add(images: full.images, brain: full.brain)
        cohort.add(images: [second.images[0], nil, second.images[2], second.images[3]], brain: second.brain)
        cohort.add(images: [nil, third.images[1], third.images[2], nil], brain: third.brain)
        cohort.add(images: [nil, nil, nil, nil], brain: third.brain)
        let fits = cohort.solveAll()
        #expect(fits.count == 4 * 7)
        #expect(Set(fits.map { "\($0.target)\($0.inputs)" }).count == 28)
        for fit in fits {
            #expect(fit.isConsistent(contrastCount: 4))
            let needed = fit.inputs + [fit.target]
            var single = SingleRegression(target: fit.target, inputs: fit.inputs)
            single.add(inputs: fit.inputs.map { full.images[$0] }, target: full.images[fit.target], where: full.brain)
            if !needed.contains(1) {
                single.add(
                    inputs: fit.inputs.map { second.images[$0] }, target: second.images[fit.target], where: second.brain
                )
            }
            if !needed.contains(0), !needed.contains(3) {
                single.add(
                    inputs: fit.inputs.map { third.images[$0] }, target: third.images[fit.target], where: third.brain)
            }
            #expect(close(try #require(single.solve()).coefficients, fit.coefficients, 1e-6))
        }
    }

    @Test func onlyFitsWithDataAreSolved() {
        let (images, brain) = patient(41, contrasts: 2, voxels: 500)
        var cohort = QuadraticRegression.CohortAccumulator(contrastCount: 3)
        #expect(cohort.solveAll().isEmpty)
        cohort.add(images: [images[0], nil, images[1]], brain: brain)
        #expect(cohort.solveAll().map { [$0.target] + $0.inputs } == [[0, 2], [2, 0]])
        #expect(cohort.solve(target: 1, inputs: [0]) == nil)
        #expect(SingleRegression(target: 0, inputs: [1]).solve() == nil)
    }

    /// A contrast that may not be imputed takes part in the fits of the others, and in no fit as what is fitted.
    @Test func onlyTargetsAreFitted() throws {
        let (a, b) = (patient(42, contrasts: 2, voxels: 500), patient(43, contrasts: 2, voxels: 400))
        var cohort = QuadraticRegression.CohortAccumulator(contrastCount: 2)
        cohort.add(images: a.images, targets: [1], brain: a.brain)
        #expect(cohort.solveAll().map(\.target) == [1])
        cohort.add(images: b.images, brain: b.brain)
        var both = QuadraticRegression.CohortAccumulator(contrastCount: 2)
        var second = both
        both.add(images: a.images, brain: a.brain)
        both.add(images: b.images, brain: b.brain)
        second.add(images: b.images, brain: b.brain)
        let first = try #require(cohort.solve(target: 0, inputs: [1]))
        let other = try #require(cohort.solve(target: 1, inputs: [0]))
        #expect(first.coefficients == second.solve(target: 0, inputs: [1])?.coefficients)
        let expected = try #require(both.solve(target: 1, inputs: [0])?.coefficients)
        #expect(close(other.coefficients, expected, 1e-9))
    }

    @Test func singularEquationsStillPredict() throws {
        // Two identical inputs and a third that is 0 everywhere; then fewer voxels than features.
        let (images, brain) = patient(51, contrasts: 2, voxels: 2000)
        let zeros = [Float](repeating: 0, count: 2000)
        for voxels in [2000, 3] {
            let included = brain.indices.map { brain[$0] && $0 < voxels || $0 < min(voxels, 3) }
            var plain = SingleRegression(target: 1, inputs: [0])
            plain.add(inputs: [images[0]], target: images[1], where: included)
            var singular = SingleRegression(target: 4, inputs: [0, 2, 3])
            singular.add(inputs: [images[0], images[0], zeros], target: images[1], where: included)
            let (fit, reference) = (try #require(singular.solve()), try #require(plain.solve()))
            #expect(fit.coefficients.allSatisfy { $0.isFinite })
            let predicted = fit.predict([images[0], nil, images[0], zeros, nil], brain: included)
            let expected = reference.predict([images[0], nil], brain: included)
            #expect(zip(predicted, expected).allSatisfy { abs($0 - $1) < 1e-3 })
        }
    }

    @Test func predictionsAreNeverNegative() {
        let fit = QuadraticRegression(target: 1, inputs: [0], coefficients: [-0.5, 1, 0])
        #expect(fit.predict([[0.25, 0.75, 0.75], nil], brain: [true, true, false]) == [0, 0.25, 0])
    }

    @Test func inconsistentPartsAreSeen() {
        let fit = { QuadraticRegression(target: $0, inputs: $1, coefficients: [Double](repeating: 0, count: $2)) }
        #expect(fit(0, [1, 2], 6).isConsistent(contrastCount: 3))
        #expect(!fit(0, [1, 2], 6).isConsistent(contrastCount: 2))
        #expect(!fit(0, [2, 1], 6).isConsistent(contrastCount: 3))
        #expect(!fit(0, [0, 1], 6).isConsistent(contrastCount: 3))
        #expect(!fit(0, [1, 2], 5).isConsistent(contrastCount: 3))
        #expect(!fit(-1, [1], 3).isConsistent(contrastCount: 3))
        #expect(!fit(0, [], 1).isConsistent(contrastCount: 3))
        #expect(
            !QuadraticRegression(target: 0, inputs: [1], coefficients: [0, .nan, 0]).isConsistent(contrastCount: 3))
    }
}
