import Files
import Foundation
import Volumes

/// The files of one series, which may be one volume.
package struct DICOMSeries: Sendable {
    /// In the order in which they were met.
    package let slices: [SliceHeader]

    /// - Precondition: at least one, all of one series.
    init(_ slices: [SliceHeader]) {
        precondition(!slices.isEmpty, "a series without files")
        self.slices = slices
    }

    /// Along the normal of rows and columns, as the slices of `grid()`; one without a position counts as at the origin.
    var ascending: [SliceHeader] {
        guard let orientation = first.orientation else { return slices }
        let normal = Self.cross(orientation.row, orientation.column)
        return slices.sorted { (($0.position ?? .zero) * normal).sum() < (($1.position ?? .zero) * normal).sum() }
    }

    var first: SliceHeader { slices[0] }

    /// By which it is called: the scanner's number; nil where the header has none.
    package var number: Int? { first.number }

    /// "series 8"
    package var name: String { number.map { "series \($0)" } ?? "a series without a number" }

    /// A digest of what it belongs to and where its slices lie, to be compared: of the same series the same.
    package var identity: String {
        let places = slices.map { "\($0.position ?? .zero)" }.sorted()
        return FileHash.sha256(
            of: Data(([first.study, first.series] + first.patient + places).joined(separator: "\n").utf8))
    }

    /// As the scanner's user called it; may be empty.
    package var description: String { first.description }

    /// Where its voxels lie by its tags: rows along i, columns along j, slices in ascending order along k; RAS in mm.
    /// - Throws: `DICOMError.Code.notOneVolume` where slices are missing, uneven, doubled, or differ in size or direction.
    package func grid() throws(DICOMError) -> Grid {
        guard let orientation = first.orientation, let spacing = first.pixelSpacing, first.rows > 0, first.columns > 0
        else { throw refusal("its header does not say how it lies") }
        let normal = Self.cross(orientation.row, orientation.column)
        guard abs(Self.length(orientation.row) - 1) < 1e-2, abs(Self.length(orientation.column) - 1) < 1e-2,
            abs(Self.length(normal) - 1) < 1e-2
        else { throw refusal("its rows and columns are at no right angle") }
        var places: [(along: Double, position: SIMD3<Double>)] = []
        for slice in ascending {
            guard slice.frames == 1, let position = slice.position, let other = slice.orientation,
                slice.rows == first.rows, slice.columns == first.columns, slice.pixelSpacing == spacing,
                Self.length(other.row - orientation.row) < 1e-3, Self.length(other.column - orientation.column) < 1e-3
            else { throw refusal("its slices differ in size or direction, or are several in one file") }
            places.append(((position * normal).sum(), position))
        }
        guard places.count > 1 else { throw refusal("it is a single slice") }
        let steps = zip(places.dropFirst(), places).map { $0.along - $1.along }
        let median = steps.sorted()[steps.count / 2]
        guard median > 1e-3, !steps.contains(where: { $0 < 0.05 * median }) else {
            throw refusal("it holds several images at one place")
        }
        if let step = steps.first(where: { abs($0 - median) > max(0.05 * median, 0.05) }) {
            let text = step > 1.5 * median ? "slices are missing" : "its slices lie at uneven distances"
            throw refusal("\(text) (\(Self.rounded(step)) mm between two of them, \(Self.rounded(median)) mm else)")
        }
        let step = (places[places.count - 1].position - places[0].position) / Double(places.count - 1)
        for (index, place) in places.enumerated() {
            let way = place.position - (places[0].position + step * Double(index))
            guard Self.length(way) <= max(0.05 * median, 0.1) else {
                throw refusal("its slices do not lie evenly in a straight line")
            }
        }
        let toRAS = SIMD3<Double>(-1, -1, 1)
        return Grid(
            size: SIMD3(first.columns, first.rows, places.count),
            affine: Affine(
                i: orientation.row * spacing.y * toRAS, j: orientation.column * spacing.x * toRAS, k: step * toRAS,
                origin: places[0].position * toRAS))
    }

    /// - Parameter text: why it is no volume.
    private func refusal(_ text: String) -> DICOMError {
        DICOMError(
            .notOneVolume, path: name, "is not one volume: \(text); export the series again, whole, or leave it out")
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    private static func length(_ a: SIMD3<Double>) -> Double { (a * a).sum().squareRoot() }

    private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }
}
