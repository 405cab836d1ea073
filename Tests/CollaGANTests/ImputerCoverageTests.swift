import CollaGAN
import Preprocessing
import Tensors
import TestSupport
import Testing

/// What an input that covers a part of the brain gives, against the same without it and with all of it.
@Suite struct ImputerCoverageTests {
    private let imputer = Imputer(CollaGANModel.random(tinyDescription(), seed: 11))
    private let spacing = SIMD3<Double>(1, 1, 1)

    /// The stack with contrasts that have no data where `isMissing` says so.
    private func stack(_ contrasts: [Int], where isMissing: (_ slice: Int, _ row: Int, _ column: Int) -> Bool)
        -> SliceStack
    {
        var stack = syntheticStack(seed: 1, slices: 20)
        let (height, width) = (stack.height, stack.width)
        for contrast in contrasts {
            let hole = stack.brain.indices.map { pixel in
                stack.brain[pixel]
                    && isMissing(pixel / (height * width), pixel / width % height, pixel % width)
            }
            stack.images[contrast] = zip(stack.images[contrast]!, hole).map { $1 ? 0 : $0 }
            stack.holes[contrast] = hole
        }
        return stack
    }

    private func covered(_ stack: SliceStack, _ inputs: [Int]) throws -> [Float] {
        try #require(try imputer.imputeCovered(stack, spacing: spacing, target: 3, inputs: inputs) { _ in true })
    }

    @Test func insideAHoleTheResultIsThatWithoutTheInput() throws {
        let partial = stack([2]) { slice, _, column in column < 30 && slice < 9 }
        let result = try covered(partial, [0, 1, 2])
        let without = try #require(try imputer.impute(partial, target: 3, inputs: [0, 1]))
        let with = try #require(try imputer.impute(partial, target: 3, inputs: [0, 1, 2]))
        let hole = try #require(partial.holes[2])
        #expect(hole.contains(true) && with != without)
        for pixel in hole.indices where hole[pixel] { #expect(result[pixel] == without[pixel]) }
        // 10 mm and more away all inputs count as ever; in between the result lies between the two.
        let (height, width) = (partial.height, partial.width)
        var far = 0
        for pixel in result.indices {
            let (slice, column) = (pixel / (height * width), pixel % width)
            if column >= 40 || slice >= 19 {
                #expect(result[pixel] == with[pixel])
                far += partial.brain[pixel] ? 1 : 0
            }
            let (low, high) = (min(with[pixel], without[pixel]), max(with[pixel], without[pixel]))
            #expect(result[pixel] >= low - 1e-5 && result[pixel] <= high + 1e-5)
        }
        #expect(far > 0)
    }

    @Test func holesThatOverlapLeaveOutBothInputs() throws {
        var partial = stack([1]) { _, row, _ in row < 24 }
        let other = stack([2]) { _, row, column in row < 24 || column < 30 }
        partial.images[2] = other.images[2]
        partial.holes[2] = other.holes[2]
        let result = try covered(partial, [0, 1, 2])
        let alone = try #require(try imputer.impute(partial, target: 3, inputs: [0]))
        let two = try #require(try imputer.impute(partial, target: 3, inputs: [0, 1]))
        let width = partial.width
        for pixel in result.indices where partial.brain[pixel] {
            let (row, column) = (pixel / width % partial.height, pixel % width)
            if row < 24 { #expect(result[pixel] == alone[pixel]) }
            if row >= 34, column < 30 { #expect(result[pixel] == two[pixel]) }
        }
    }

    @Test func aReplacedOrOnlyInputHasNoHole() throws {
        let partial = stack([2]) { _, _, column in column < 30 }
        #expect(try covered(partial, [2]) == imputer.impute(partial, target: 3, inputs: [2]))
        let whole = try #require(syntheticStack(seed: 1, slices: 20).images[2])
        let replaced = try imputer.imputeCovered(
            partial, spacing: spacing, target: 3, inputs: [0, 2], replacing: [2: whole]
        ) { _ in true }
        #expect(replaced == (try imputer.impute(partial, target: 3, inputs: [0, 2], replacing: [2: whole])))
    }

    @Test func progressRisesToOneAndStops() throws {
        let partial = stack([2]) { _, _, column in column < 30 }
        let told = Locked<[Double]>([])
        _ = try imputer.imputeCovered(partial, spacing: spacing, target: 3, inputs: [0, 1, 2]) { fraction in
            told.withLock { $0.append(fraction) }
            return true
        }
        let fractions = told.withLock { $0 }
        #expect(fractions == fractions.sorted() && abs((fractions.last ?? 0) - 1) < 1e-9)
        #expect(
            try imputer.imputeCovered(partial, spacing: spacing, target: 3, inputs: [0, 1, 2]) { $0 < 0.6 } == nil)
    }
}
