import CollaGAN
import Tensors
import Testing

@Suite struct ImagePoolTests {
    private func image(_ value: Int) -> Tensor { Tensor(Shape(1, 1, 1, 1), [Float(value)]) }

    @Test func anEmptyOneGivesWhatItGets() {
        var (pool, random) = (ImagePool(capacity: 0), SeededGenerator(seed: 1))
        for value in 0..<20 { #expect(pool.exchange(image(value), using: &random).item == Float(value)) }
    }

    /// Filled, it gives every other image itself, else one that came before, which leaves it.
    @Test func everyOtherImageIsAnEarlierOne() {
        var (pool, random) = (ImagePool(capacity: 5), SeededGenerator(seed: 1))
        var (kept, own) = (Set<Float>(), 0)
        for value in 0..<1000 {
            let given = pool.exchange(image(value), using: &random).item
            if value < 5 {
                #expect(given == Float(value))
                kept.insert(given)
            } else if given == Float(value) {
                own += 1
            } else {
                #expect(kept.remove(given) != nil, "\(given) is not in the pool")
                kept.insert(Float(value))
            }
        }
        // 995 draws of a half, standard deviation 16.
        #expect((434...561).contains(own) && kept.count == 5, "\(own)")
    }
}
