import Reports
import Tensors
import TestSupport
import Testing

@Suite struct PNGTests {
    @Test(arguments: [(1, 1), (7, 3), (64, 64), (1, 300), (301, 2), (257, 129)])
    func greyComesBack(width: Int, height: Int) throws {
        var random = SeededGenerator(seed: UInt64(width))
        let gray = (0..<width * height).map { _ in UInt8.random(in: 0...255, using: &random) }
        let decoded = try #require(PNGDecoder(PNG.encode(gray: gray, width: width, height: height)))
        #expect(decoded.width == width && decoded.height == height)
        #expect(decoded.rgb == gray.flatMap { [$0, $0, $0] })
    }

    @Test func colourComesBack() throws {
        let (width, height) = (33, 17)
        let rgb = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let decoded = try #require(PNGDecoder(PNG.encode(rgb: rgb, width: width, height: height)))
        #expect(decoded.rgb == rgb)
    }

    @Test func paletteComesBack() throws {
        let palette: [UInt8] = [0, 0, 0, 255, 0, 0, 10, 20, 30]
        let indices: [UInt8] = [0, 1, 2, 2, 1, 0]
        let decoded = try #require(PNGDecoder(PNG.encode(indices: indices, palette: palette, width: 3, height: 2)))
        #expect(decoded.rgb == indices.flatMap { Array(palette[Int($0) * 3..<Int($0) * 3 + 3]) })
    }

    @Test func errorColoursRiseInLightness() {
        let map = ColourMap.inferno
        #expect(map.count == 768)
        let weights = [0.2126, 0.7152, 0.0722]
        let lightness = (0..<256).map { index -> Double in
            (0..<3).reduce(0) { $0 + weights[$1] * Double(map[index * 3 + $1]) }
        }
        #expect(lightness[0] < 5 && lightness[255] > 230)
        #expect(zip(lightness, lightness.dropFirst(8)).allSatisfy { $0 < $1 })
        // matplotlib's inferno in the middle: (188, 55, 84)
        #expect(zip(map[384..<387], [188, 55, 84]).allSatisfy { abs(Int($0) - $1) < 6 })
    }
}
