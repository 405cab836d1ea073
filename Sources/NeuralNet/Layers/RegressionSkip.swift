import Tensors

extension Tape {
    /// Voxelwise quadratic regression beside the network's features: y = Σ_f weight[row, f] · φ_f(x) + features · brain.
    ///
    /// φ = [x_0 … x_{N−1}, x_i·x_j for i ≤ j in lexicographic order, brain]; brain is 1 where any image is > 0, else 0. Instance norm
    /// removes the absolute intensities that such a regression predicts from; this hands them past the network (method.md §10).
    ///
    /// - Parameters:
    ///   - features: N,H,W,1.
    ///   - images: N,H,W,1 by contrast; those that are left out count as zeros.
    ///   - contrasts: N of φ.
    ///   - rows: which row of the weight each sample takes.
    ///   - weight: dense, φ's length → number of rows.
    package func regressionSkip(
        _ features: Variable, images: [(contrast: Int, image: Variable)], contrasts: Int, rows: [Int],
        _ weight: Parameter
    ) -> Variable {
        let shape = features.shape
        precondition(shape.c == 1 && shape.n == rows.count, "one row per sample of single-channel features")
        precondition(images.allSatisfy { $0.image.shape == shape }, "images and features differ in shape")
        let order = SkipFeatures(contrasts: contrasts)
        guard case .dense(order.count, let outputs) = weight.layout else {
            preconditionFailure("the weight does not fit the contrasts")
        }
        let skip = RegressionFeatures(
            images: images.map { ($0.contrast, $0.image.value) }, order: order, weight: weight, rowCount: outputs)
        let (input, result) = (features.value, Tensor(shape))
        skip.forEachChunk(of: shape) { sample, pixels, _ in
            skip.add(features: input, row: rows[sample], pixels, to: result)
        }
        let needsGradient =
            features.needsGradient || !weight.isFrozen || images.contains(where: \.image.needsGradient)
        return record(result, when: needsGradient) { dy in
            let dy = dy.isContiguous ? dy : Tensor(shape, dy.array())
            if !weight.isFrozen { skip.addWeightGradient(dy, rows: rows) }
            for (place, (_, image)) in images.enumerated() where image.needsGradient {
                image.receive(skip.imageGradient(dy, of: place, rows: rows))
            }
            if features.needsGradient { features.receive(skip.insideBrain(dy)) }
        }
    }
}

/// φ of method.md §10 and its derivatives, over planes of pixels.
private struct RegressionFeatures {
    /// Pixels that one thread works on at a time.
    private static let chunk = 4096

    let images: [(contrast: Int, image: Tensor)]
    let order: SkipFeatures
    let weight: Parameter
    let rowCount: Int
    /// Products that are not always zero: place of both images, feature.
    let products: [(first: Int, second: Int, feature: Int)]

    init(images: [(contrast: Int, image: Tensor)], order: SkipFeatures, weight: Parameter, rowCount: Int) {
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

    private func coefficient(_ feature: Int, _ row: Int) -> Float { weight.values.row(0)[feature * rowCount + row] }

    /// 1 where any image is > 0, else 0.
    private func brain(_ pixels: Range<Int>) -> [Float] {
        var brain = [Float](repeating: 0, count: pixels.count)
        for (_, image) in images {
            let x = image.pointer + pixels.lowerBound
            for pixel in brain.indices where x[pixel] > 0 { brain[pixel] = 1 }
        }
        return brain
    }

    func add(features: Tensor, row: Int, _ pixels: Range<Int>, to result: Tensor) {
        let brain = brain(pixels)
        let y = result.pointer + pixels.lowerBound
        let constant = coefficient(order.brain, row)
        for pixel in brain.indices {
            y[pixel] = brain[pixel] * (features.row(pixels.lowerBound + pixel)[0] + constant)
        }
        for (contrast, image) in images {
            let (x, factor) = (image.pointer + pixels.lowerBound, coefficient(contrast, row))
            for pixel in brain.indices { y[pixel] += factor * x[pixel] }
        }
        for (first, second, feature) in products {
            let (a, b) = (
                images[first].image.pointer + pixels.lowerBound, images[second].image.pointer + pixels.lowerBound
            )
            let factor = coefficient(feature, row)
            for pixel in brain.indices { y[pixel] += factor * (a[pixel] * b[pixel]) }
        }
        withExtendedLifetime((features, result)) {}
    }

    /// Sums over pixels in float64, chunk after chunk.
    func addWeightGradient(_ dy: Tensor, rows: [Int]) {
        let count = order.count
        let shape = dy.shape
        let chunks = (shape.pixels + Self.chunk - 1) / Self.chunk
        var sums = [Double](repeating: 0, count: shape.n * chunks * count)
        sums.withUnsafeMutableBufferPointer { sums in
            nonisolated(unsafe) let sums = sums
            forEachChunk(of: shape) { _, pixels, chunk in
                let (g, own) = (dy.pointer + pixels.lowerBound, sums.baseAddress! + chunk * count)
                let brain = brain(pixels)
                func sum(_ value: (Int) -> Float) -> Double {
                    var lanes = SIMD8<Double>(repeating: 0)
                    for pixel in brain.indices { lanes[pixel & 7] += Double(g[pixel] * value(pixel)) }
                    return lanes.sum()
                }
                own[order.brain] = sum { brain[$0] }
                for (contrast, image) in images {
                    let x = image.pointer + pixels.lowerBound
                    own[contrast] = sum { x[$0] }
                }
                for (first, second, feature) in products {
                    let a = images[first].image.pointer + pixels.lowerBound
                    let b = images[second].image.pointer + pixels.lowerBound
                    own[feature] = sum { a[$0] * b[$0] }
                }
                withExtendedLifetime(dy) {}
            }
        }
        let gradient = weight.gradientForAdding()
        for sample in 0..<shape.n {
            for feature in 0..<count {
                let total = (sample * chunks..<(sample + 1) * chunks).reduce(0.0) { $0 + sums[$1 * count + feature] }
                gradient[feature * rowCount + rows[sample]] += Float(total)
            }
        }
    }

    /// dy · (w_i + Σ_j w_ij · x_j + w_ii · x_i) for the image at `place`, contrast i.
    func imageGradient(_ dy: Tensor, of place: Int, rows: [Int]) -> Tensor {
        let result = Tensor(dy.shape)
        forEachChunk(of: dy.shape) { sample, pixels, _ in
            let (g, dx) = (dy.pointer + pixels.lowerBound, result.pointer + pixels.lowerBound)
            let linear = coefficient(images[place].contrast, rows[sample])
            for pixel in 0..<pixels.count { dx[pixel] = linear }
            for (first, second, feature) in products {
                for (own, other) in [(first, second), (second, first)] where own == place {
                    let (x, factor) = (
                        images[other].image.pointer + pixels.lowerBound, coefficient(feature, rows[sample])
                    )
                    for pixel in 0..<pixels.count { dx[pixel] += factor * x[pixel] }
                }
            }
            for pixel in 0..<pixels.count { dx[pixel] *= g[pixel] }
            withExtendedLifetime((dy, result)) {}
        }
        return result
    }

    func insideBrain(_ dy: Tensor) -> Tensor {
        let result = Tensor(dy.shape)
        forEachChunk(of: dy.shape) { _, pixels, _ in
            let brain = brain(pixels)
            let (g, dx) = (dy.pointer + pixels.lowerBound, result.pointer + pixels.lowerBound)
            for pixel in brain.indices { dx[pixel] = g[pixel] * brain[pixel] }
            withExtendedLifetime((dy, result)) {}
        }
        return result
    }
}
