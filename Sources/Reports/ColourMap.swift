/// A perceptually uniform colour map for error pictures: "inferno" of matplotlib (CC0), by a polynomial of degree 6.
package enum ColourMap {
    /// 256 colours from black over red to pale yellow, three bytes (R, G, B) each; lightness rises evenly.
    package static let inferno: [UInt8] = (0..<256).flatMap { index -> [UInt8] in
        let t = Double(index) / 255
        let rgb = coefficients.reversed().reduce(SIMD3<Double>.zero) { $0 * t + $1 }
        return (0..<3).map { UInt8((min(max(rgb[$0], 0), 1) * 255).rounded()) }
    }

    private static let coefficients: [SIMD3<Double>] = [
        [0.0002189403691192265, 0.001651004631001012, -0.01948089843709184],
        [0.1065134194856116, 0.5639564367884091, 3.932712388889277],
        [11.60249308247187, -3.972853965665698, -15.9423941062914],
        [-41.70399613139459, 17.43639888205313, 44.35414519872813],
        [77.162935699427, -33.40235894210092, -81.80730925738993],
        [-71.31942824499214, 32.62606426397723, 73.20951985803202],
        [25.13112622477341, -12.24266895238567, -23.07032500287172],
    ]
}
