import Tensors

extension Tape {
    /// Voxelwise quadratic regression beside the network's features: y = Σ_f weight[row, f] · φ_f(x) + features ·
    /// brain.
    ///
    /// φ = [x_0 … x_{N−1}, x_i·x_j for i ≤ j in lexicographic order, brain]; brain is 1 where any image is > 0, else 0.
    /// Instance norm removes the absolute intensities that such a regression predicts from; this hands them past the
    /// network (method.md §10, there and in configurations the regression skip).
    ///
    /// - Parameters:
    ///   - features: N,H,W,1.
    ///   - images: N,H,W,1 by contrast; those that are left out count as zeros.
    ///   - contrasts: N of φ.
    ///   - rows: which row of the weight each sample takes.
    ///   - weight: dense, φ's length → number of rows.
    package func regressionBranch(
        _ features: Variable, images: [(contrast: Int, image: Variable)], contrasts: Int, rows: [Int],
        _ weight: Parameter
    ) -> Variable {
        let shape = features.shape
        precondition(shape.c == 1 && shape.n == rows.count, "one row per sample of single-channel features")
        precondition(images.allSatisfy { $0.image.shape == shape }, "images and features differ in shape")
        let order = RegressionFeatures(contrasts: contrasts)
        guard case .dense(order.count, let outputs) = weight.layout else {
            preconditionFailure("the weight does not fit the contrasts")
        }
        let planes = FeaturePlanes(
            images: images.map { ($0.contrast, $0.image.value) }, order: order, weight: weight, rowCount: outputs)
        let (input, result) = (features.value, Tensor(shape))
        planes.add(features: input, rows: rows, to: result)
        let isNeeded = features.needsGradient || images.contains(where: \.image.needsGradient)
        return record(result, when: isNeeded, [weight]) { dy in
            let dy = dy.isContiguous ? dy : Tensor(shape, dy.array())
            if !weight.isFrozen { planes.addWeightGradient(dy, rows: rows) }
            for (place, (_, image)) in images.enumerated() where image.needsGradient {
                image.receive(planes.imageGradient(dy, of: place, rows: rows))
            }
            if features.needsGradient { features.receive(planes.insideBrain(dy)) }
        }
    }
}

/// φ of method.md §10 and its derivatives, over planes of pixels.
private struct FeaturePlanes {
    /// Pixels that one thread works on at a time.
    private static let chunk = 4096

    let images: [(contrast: Int, image: Tensor)]
    let order: RegressionFeatures
    let weight: Parameter
    let rowCount: Int
    /// Products that are not always zero: place of both images, feature.
    let products: [(first: Int, second: Int, feature: Int)]

    init(images: [(contrast: Int, image: Tensor)], order: RegressionFeatures, weight: Parameter, rowCount: Int) {
        self.images = images.map {
            ($0.contrast, $0.image.isContiguous ? $0.image : Tensor($0.image.shape, $0.image.array()))
        }
        (self.order, self.weight, self.rowCount) = (order, weight, rowCount)
        products = images.indices.flatMap { first in
            images.indices.filter { images[first].contrast <= images[$0].contrast }.map { second in
                (first, second, order.product(images[first].contrast, images[second].contrast))
            }
        }
    }

    func forEachChunk(of shape: Shape, _ body: (_ sample: Int, _ pixels: Range<Int>, _ chunk: Int) -> Void) {
        let chunks = (shape.pixels + Self.chunk - 1) / Self.chunk
        Parallel.forEach(shape.n * chunks) { index in
            let (sample, chunk) = (index / chunks, index % chunks)
            let first = sample * shape.pixels
            body(
                sample,
                first + chunk * Self.chunk..<first + min(shape.pixels, (chunk + 1) * Self.chunk), index)
        }
    }

    /// Features · brain plus the regression.
    func add(features: Tensor, rows: [Int], to result: Tensor) {
        withPointers(to: self, features, result) { planes, features, result in
            forEachChunk(of: result.shape) { sample, pixels, _ in
                let brain = planes.brain(pixels)
                let y = result.pointer + pixels.lowerBound
                let constant = planes.coefficient(order.brain, rows[sample])
                for pixel in brain.indices {
                    y[pixel] = brain[pixel] * (features.row(pixels.lowerBound + pixel)[0] + constant)
                }
                for (place, (contrast, _)) in images.enumerated() {
                    let x = planes.image(place, pixels)
                    let factor = planes.coefficient(contrast, rows[sample])
                    for pixel in brain.indices { y[pixel] += factor * x[pixel] }
                }
                for (first, second, feature) in products {
                    let (a, b) = (planes.image(first, pixels), planes.image(second, pixels))
                    let factor = planes.coefficient(feature, rows[sample])
                    for pixel in brain.indices { y[pixel] += factor * (a[pixel] * b[pixel]) }
                }
            }
        }
    }

    /// Sums over pixels in float64, chunk after chunk.
    func addWeightGradient(_ dy: Tensor, rows: [Int]) {
        let count = order.count
        let shape = dy.shape
        let chunks = (shape.pixels + Self.chunk - 1) / Self.chunk
        var sums = [Double](repeating: 0, count: shape.n * chunks * count)
        sums.withUnsafeMutableBufferPointer { sums in
            withPointers(to: self, dy) { planes, dy in
                forEachChunk(of: shape) { _, pixels, chunk in
                    addProducts(planes, dy.pointer + pixels.lowerBound, pixels, to: sums.baseAddress! + chunk * count)
                }
            }
        }
        withPointers(to: weight.gradientForAdding()) { gradient in
            for sample in 0..<shape.n {
                for feature in 0..<count {
                    let total = (sample * chunks..<(sample + 1) * chunks).reduce(0.0) {
                        $0 + sums[$1 * count + feature]
                    }
                    gradient.pointer[feature * rowCount + rows[sample]] += Float(total)
                }
            }
        }
    }

    /// Σ g · φ_f over some pixels, each sum in eight lanes.
    private func addProducts(
        _ planes: Pointers, _ g: UnsafePointer<Float>, _ pixels: Range<Int>, to sums: UnsafeMutablePointer<Double>
    ) {
        typealias Lanes = SIMD8<Float>
        func lanes(_ values: UnsafePointer<Float>, _ first: Int, _ count: Int) -> Lanes {
            if count == Lanes.scalarCount {
                return UnsafeRawPointer(values + first).loadUnaligned(as: Lanes.self)
            }
            var part = Lanes(repeating: 0)
            for lane in 0..<count { part[lane] = values[first + lane] }
            return part
        }
        /// Of g and one or two factors.
        func sum(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>? = nil) -> Double {
            var total = SIMD8<Double>(repeating: 0)
            for first in stride(from: 0, to: pixels.count, by: Lanes.scalarCount) {
                let count = min(Lanes.scalarCount, pixels.count - first)
                var value = lanes(a, first, count)
                if let b { value *= lanes(b, first, count) }
                total += SIMD8<Double>(lanes(g, first, count) * value)
            }
            return total.sum()
        }
        sums[order.brain] = planes.brain(pixels).withUnsafeBufferPointer { sum($0.baseAddress!) }
        for (place, (contrast, _)) in images.enumerated() { sums[contrast] = sum(planes.image(place, pixels)) }
        for (first, second, feature) in products {
            sums[feature] = sum(planes.image(first, pixels), planes.image(second, pixels))
        }
    }

    /// dy · (w_i + Σ_j w_ij · x_j + w_ii · x_i) for the image at `place`, contrast i.
    func imageGradient(_ dy: Tensor, of place: Int, rows: [Int]) -> Tensor {
        let result = Tensor(dy.shape)
        withPointers(to: self, dy, result) { planes, dy, result in
            forEachChunk(of: dy.shape) { sample, pixels, _ in
                let (g, dx) = (dy.pointer + pixels.lowerBound, result.pointer + pixels.lowerBound)
                let linear = planes.coefficient(images[place].contrast, rows[sample])
                for pixel in 0..<pixels.count { dx[pixel] = linear }
                for (first, second, feature) in products {
                    for (own, other) in [(first, second), (second, first)] where own == place {
                        let x = planes.image(other, pixels)
                        let factor = planes.coefficient(feature, rows[sample])
                        for pixel in 0..<pixels.count { dx[pixel] += factor * x[pixel] }
                    }
                }
                for pixel in 0..<pixels.count { dx[pixel] *= g[pixel] }
            }
        }
        return result
    }

    func insideBrain(_ dy: Tensor) -> Tensor {
        let result = Tensor(dy.shape)
        withPointers(to: self, dy, result) { planes, dy, result in
            forEachChunk(of: dy.shape) { _, pixels, _ in
                let brain = planes.brain(pixels)
                let (g, dx) = (dy.pointer + pixels.lowerBound, result.pointer + pixels.lowerBound)
                for pixel in brain.indices { dx[pixel] = g[pixel] * brain[pixel] }
            }
        }
        return result
    }
}

extension FeaturePlanes: PointerAccess {
    /// Where images and weight lie.
    struct Pointers {
        fileprivate let images: [Tensor.Pointers]
        fileprivate let weight: Tensor.Pointers
        fileprivate let rowCount: Int

        /// Some pixels of the image at `place`.
        func image(_ place: Int, _ pixels: Range<Int>) -> UnsafeMutablePointer<Float> {
            images[place].pointer + pixels.lowerBound
        }

        func coefficient(_ feature: Int, _ row: Int) -> Float { weight.pointer[feature * rowCount + row] }

        /// 1 where any image is > 0, else 0.
        func brain(_ pixels: Range<Int>) -> [Float] {
            var brain = [Float](repeating: 0, count: pixels.count)
            for place in images.indices {
                let x = image(place, pixels)
                for pixel in brain.indices where x[pixel] > 0 { brain[pixel] = 1 }
            }
            return brain
        }
    }

    func pointers(_ permit: borrowing PointerPermit) -> Pointers {
        Pointers(
            images: images.map(\.image).pointers(permit), weight: weight.values.pointers(permit), rowCount: rowCount)
    }
}
