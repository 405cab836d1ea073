import NeuralNet
import Preprocessing

/// Where a training reads a patient's slices from: memory, or a file that holds many more than fit there.
package protocol SliceSource: Sendable {
    /// Slices of one patient as a stack of their own.
    ///
    /// - Parameter indices: slice numbers in any order, each within the patient.
    /// - Returns: the slices in that order, every contrast the patient has, contrasts and scales as the whole
    ///   patient's.
    /// - Throws: `ModelError.Code.data` if they cannot be read any more.
    func slices(_ indices: [Int]) throws(ModelError) -> SliceStack
}

/// One patient to train on or to validate with: what is known without pixels, and the way to the pixels.
package struct TrainingPatient: Sendable {
    /// Unique among the patients.
    package let name: String
    /// Whose images these are: several sessions may show one subject.
    package let subject: String
    /// Contrast names in the model's order.
    package let contrasts: [String]
    /// By what each contrast was divided; nil where the patient lacks it.
    package let scales: [Float?]
    /// Rows and columns of a slice, multiples of 16.
    package let (height, width): (Int, Int)
    /// Number of pixels inside the brain, for every slice from inferior to superior.
    package let brainPixels: [Int]

    private let source: any SliceSource

    /// A patient whose slices are read when they are needed.
    ///
    /// - Precondition: as many scales as contrasts.
    package init(
        name: String, subject: String, contrasts: [String], scales: [Float?], height: Int, width: Int,
        brainPixels: [Int], source: any SliceSource
    ) {
        precondition(scales.count == contrasts.count, "one scale, or nil, per contrast")
        (self.name, self.subject) = (name, subject)
        (self.contrasts, self.scales) = (contrasts, scales)
        (self.height, self.width) = (height, width)
        (self.brainPixels, self.source) = (brainPixels, source)
    }

    /// A patient held in memory, who is a subject of their own.
    package init(name: String, stack: SliceStack) {
        self.init(
            name: name, subject: name, contrasts: stack.contrasts, scales: stack.scales, height: stack.height,
            width: stack.width, brainPixels: stack.brainPixels, source: StackSource(stack: stack))
    }

    /// Number of slices, those without brain too.
    package var sliceCount: Int { brainPixels.count }

    /// Indices of the contrasts that the patient has.
    package var present: [Int] { scales.indices.filter { scales[$0] != nil } }

    /// The slices asked for, in that order, as a stack of their own.
    ///
    /// - Precondition: indices within `0 ..< sliceCount`.
    /// - Throws: `ModelError.Code.data` if they cannot be read any more.
    package func slices(_ indices: [Int]) throws(ModelError) -> SliceStack {
        precondition(indices.allSatisfy(brainPixels.indices.contains), "slice number")
        return try source.slices(indices)
    }

    /// All slices: some hundred megabytes for a large patient, so hold one at a time.
    ///
    /// - Throws: as `slices(_:)`.
    package func stack() throws(ModelError) -> SliceStack {
        try source.slices(Array(brainPixels.indices))
    }
}

/// Slices in memory.
private struct StackSource: SliceSource {
    let stack: SliceStack

    func slices(_ indices: [Int]) -> SliceStack { stack.slices(indices) }
}

extension SliceStack {
    /// Number of pixels inside the brain of every slice.
    package var brainPixels: [Int] {
        let pixels = height * width
        return (0..<slices).map { slice in brain[slice * pixels..<(slice + 1) * pixels].count(where: { $0 }) }
    }

    /// Some slices, in the order given, as a stack of their own.
    ///
    /// - Precondition: indices within `0 ..< slices`.
    package func slices(_ indices: [Int]) -> SliceStack {
        guard indices != Array(0..<slices) else { return self }
        let pixels = height * width
        func part<T>(_ values: [T]) -> [T] {
            var kept: [T] = []
            kept.reserveCapacity(indices.count * pixels)
            for slice in indices { kept += values[slice * pixels..<(slice + 1) * pixels] }
            return kept
        }
        return SliceStack(
            contrasts: contrasts, slices: indices.count, height: height, width: width,
            images: images.map { $0.map(part) },
            brain: part(brain), scales: scales, percentiles: percentiles)
    }
}
