import NeuralNet
import Tensors
import Testing

struct GradientTreeTests {
    private static let count = 300

    /// A product whose weight's gradient with respect to the sum of its outputs is the input.
    private static func parameter() -> Parameter {
        Parameter(name: "weight", layout: .vector, count: count)
    }

    private static func sample(_ number: Int) -> [Float] {
        var random = SeededGenerator(seed: UInt64(number + 1))
        return (0..<count).map { _ in
            random.uniform(-1...1) * Float(sign: .plus, exponent: -random.index(below: 24), significand: 1)
        }
    }

    private static func gradient(_ parameter: Parameter) -> [Float] { parameter.gradient?.array() ?? [] }

    private static func add(_ number: Int, to parameter: Parameter) {
        let values = sample(number)
        let gradient = parameter.gradientForAdding()
        withPointers(to: gradient) { gradient in for place in 0..<count { gradient.pointer[place] += values[place] } }
    }

    private static func sum(_ numbers: Range<Int>) -> [Float] {
        let parameter = parameter()
        var tree = GradientTree([parameter])
        for number in numbers {
            add(number, to: parameter)
            if number < numbers.upperBound - 1 { tree.add() }
        }
        tree.finish()
        return gradient(parameter)
    }

    private static func naive(_ lists: [[Float]]) -> [Float] {
        var lists = lists
        while lists.count > 1 {
            lists = stride(from: 0, to: lists.count, by: 2).map { index in
                index + 1 < lists.count ? zip(lists[index], lists[index + 1]).map { $0 + $1 } : lists[index]
            }
        }
        return lists[0]
    }

    @Test(arguments: 1...9) func isTheNaiveTree(_ samples: Int) {
        #expect(Self.sum(0..<samples) == Self.naive((0..<samples).map(Self.sample)))
    }

    @Test func branchesAreSummedElsewhereToTheSameBits() {
        let whole = Self.sum(0..<8)
        #expect(Self.naive([Self.sum(0..<2), Self.sum(2..<4), Self.sum(4..<6), Self.sum(6..<8)]) == whole)
        #expect(Self.naive([Self.sum(0..<4), Self.sum(4..<8)]) == whole)
        // Three samples are no branch: that they differ shows that the numbers tell orders apart.
        #expect(Self.naive([Self.sum(0..<3), Self.sum(3..<8)]) != whole)
    }

    @Test func parametersCanBeFinishedOneByOne() {
        let parameters = [Self.parameter(), Self.parameter()]
        var tree = GradientTree(parameters)
        for number in 0..<6 {
            for parameter in parameters { Self.add(number, to: parameter) }
            if number < 5 { tree.add() }
        }
        tree.finish(1)
        #expect(Self.gradient(parameters[1]) == Self.sum(0..<6) && Self.gradient(parameters[0]) == Self.sample(5))
        tree.finish(1)
        tree.finish()
        for parameter in parameters { #expect(Self.gradient(parameter) == Self.sum(0..<6)) }
    }

    @Test func whatNobodyAddedToHasNoGradient() {
        let (used, unused) = (Self.parameter(), Self.parameter())
        var tree = GradientTree([used, unused])
        Self.add(0, to: used)
        tree.add()
        #expect(used.gradient == nil)
        Self.add(1, to: used)
        tree.finish()
        #expect(used.gradient != nil && unused.gradient == nil)
    }

    @Test func gradientsAreCopiedAndReplaced() {
        let (used, unused) = (Self.parameter(), Self.parameter())
        Self.add(1, to: used)
        for (parameter, expected) in [(used, Self.sample(1)), (unused, Array(repeating: 0, count: Self.count))] {
            var numbers = Array(repeating: Float.nan, count: Self.count)
            numbers.withUnsafeMutableBufferPointer { parameter.copyGradient(to: $0.baseAddress!) }
            #expect(numbers == expected)
            parameter.replaceGradient(from: numbers.map { 2 * $0 })
        }
        #expect(Self.gradient(used) == Self.sample(1).map { 2 * $0 } && unused.gradient == nil)
    }
}
