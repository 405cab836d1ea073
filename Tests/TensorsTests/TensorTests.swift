import Tensors
import Testing

@Suite struct TensorTests {
    /// Value 1000·n + 100·y + 10·x + c.
    private let tensor: Tensor = {
        let tensor = Tensor(Shape(2, 3, 4, 5))
        for row in 0..<tensor.shape.rows {
            let (n, y, x) = (row / 12, row / 4 % 3, row % 4)
            for c in 0..<5 { tensor.row(row)[c] = Float(1000 * n + 100 * y + 10 * x + c) }
        }
        return tensor
    }()

    @Test func channelSlicesShareMemory() {
        let slice = tensor.channels(1..<3)
        #expect(slice.shape == Shape(2, 3, 4, 2))
        #expect(slice.stride == 5 && !slice.isContiguous)
        #expect(Array(slice.array().prefix(4)) == [1, 2, 11, 12])
        slice.row(13)[1] = -7
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
            #expect(UInt(bitPattern: Buffer(count: count).pointer) % 64 == 0)
        }
    }

    @Test func valuesLiveAsLongAsAnyView() {
        func slice() -> Tensor { Tensor(Shape(1, 2, 2, 3), filledWith: 4).channels(2..<3) }
        let kept = slice()
        let others = (0..<50).map { _ in Tensor(Shape(1, 2, 2, 3), filledWith: 9) }
        #expect(kept.array() == [4, 4, 4, 4])
        #expect(others.count == 50)
    }
}
