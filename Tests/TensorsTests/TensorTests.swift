import Tensors
import Testing

@Suite struct TensorTests {
    /// Value 1000·n + 100·y + 10·x + c.
    private let tensor: Tensor = {
        let tensor = Tensor(Shape(2, 3, 4, 5))
        withPointers(to: tensor) { tensor in
            for row in 0..<tensor.shape.rows {
                let (n, y, x) = (row / 12, row / 4 % 3, row % 4)
                for c in 0..<5 { tensor.row(row)[c] = Float(1000 * n + 100 * y + 10 * x + c) }
            }
        }
        return tensor
    }()

    @Test func channelSlicesShareMemory() {
        let slice = tensor.channels(1..<3)
        #expect(slice.shape == Shape(2, 3, 4, 2))
        #expect(slice.stride == 5 && !slice.isContiguous)
        #expect(Array(slice.array().prefix(4)) == [1, 2, 11, 12])
        withPointers(to: slice) { $0.row(13)[1] = -7 }
        #expect(tensor.array()[13 * 5 + 2] == -7)
        #expect(slice.channels(1..<2).array()[13] == -7)
    }

    @Test func imagesOfASliceKeepTheStride() {
        let part = tensor.channels(2..<4).images(1..<2)
        #expect(part.shape == Shape(1, 3, 4, 2))
        #expect(Array(part.array().prefix(4)) == [1002, 1003, 1012, 1013])
        #expect(part.item == 1002)
    }

    @Test func memoryIsAlignedForVectors() {
        for count in [1, 3, 64, 65, 1000] {
            withPointers(to: Buffer(count: count)) { #expect(UInt(bitPattern: $0) % 64 == 0) }
        }
    }

    @Test func valuesLiveAsLongAsAnyView() {
        func slice() -> Tensor { Tensor(Shape(1, 2, 2, 3), filledWith: 4).channels(2..<3) }
        let kept = slice()
        let others = (0..<50).map { _ in Tensor(Shape(1, 2, 2, 3), filledWith: 9) }
        #expect(kept.array() == [4, 4, 4, 4])
        #expect(others.count == 50)
    }

    @Test func partsKnowWhereTheyLie() {
        #expect(tensor.channels(1..<3).isSlice(1..<3, of: tensor))
        #expect(!tensor.channels(1..<3).isSlice(2..<4, of: tensor))
        #expect(!Tensor(Shape(2, 3, 4, 2)).isSlice(1..<3, of: tensor))
    }

    @Test func ownersLiveAsLongAsTheirPointersAreUsed() {
        let none: Tensor? = nil
        let twos = { Tensor(Shape(1, 1, 1, 70), filledWith: 2) }
        let sum = withPointers(to: twos(), none, [Buffer(count: 70)]) { two, none, many in
            #expect(!none.isThere && many.count == 1)
            many[0].update(repeating: 0, count: 70)
            // Memory that had gone back to the pool would be given to one of these.
            for _ in 0..<50 { withPointers(to: Buffer(count: 70)) { $0.update(repeating: -1, count: 70) } }
            return (0..<70).reduce(Float(0)) { $0 + two.pointer[$1] + many[0][$1] }
        }
        #expect(sum == 140)
    }
}
