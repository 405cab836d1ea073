import Files
import Foundation
import Volumes

/// A rigid motion as other programs read it.
package enum TransformFile {
    /// The 4 × 4 matrix as JSON.
    private struct Matrix: Codable {
        let from: String
        let to: String
        let matrix: [[Double]]
        let maps: String
        /// Of the moving image: voxels along its storage axes, and the affine that takes them to RAS, mm.
        let size: [Int]?
        let affine: [[Double]]?
    }

    /// The matrix that takes (x, y, z, 1) of the fixed image, RAS in mm, to the moving image's, as JSON.
    /// - Parameters:
    ///   - moving: what the moved image is called, e.g. "T2".
    ///   - fixed: what the reference is called.
    ///   - grid: the moving image's own.
    package static func json(
        _ motion: RigidMotion, moving: String, fixed: String, grid: Grid
    ) throws(CollaGANError) -> String {
        let text = Matrix(
            from: moving, to: fixed, matrix: rows(motion.map),
            maps: "a place in \(fixed) to the same place in \(moving), RAS, mm",
            size: [grid.size.x, grid.size.y, grid.size.z], affine: rows(grid.affine))
        return String(decoding: try JSONFile.encode(text), as: UTF8.self)
    }

    private static func rows(_ map: Affine) -> [[Double]] {
        (0..<3).map { [map.i[$0], map.j[$0], map.k[$0], map.origin[$0]] } + [[0, 0, 0, 1]]
    }

    /// What `json` wrote.
    /// - Throws: `CollaGANError.Code.unreadable` for anything else, also where the motion is not rigid.
    package static func read(_ path: String) throws(CollaGANError) -> (motion: RigidMotion, grid: Grid) {
        func refusal(_ reason: String) -> CollaGANError {
            CollaGANError(.unreadable, path: path, "\(path): \(reason); prepare the patient again")
        }
        guard let text = JSONFile.read(Matrix.self, from: path) else { throw refusal("is no transform of ours") }
        guard let size = text.size, let place = text.affine else {
            throw refusal("does not say how \(text.from) was scanned, as earlier versions did not")
        }
        guard let map = affine(text.matrix), let affine = affine(place), let motion = RigidMotion(rigid: map),
            size.count == 3, size.allSatisfy({ (1...32_767).contains($0) }), affine.inverse() != nil,
            size[0] * size[1] * size[2] <= mostVoxels
        else { throw refusal("holds numbers that are no rigid motion and no grid") }
        return (motion, Grid(size: SIMD3(size[0], size[1], size[2]), affine: affine))
    }

    private static let mostVoxels = 1 << 30

    private static func affine(_ rows: [[Double]]) -> Affine? {
        guard rows.count == 4, rows.allSatisfy({ $0.count == 4 && $0.allSatisfy(\.isFinite) }) else { return nil }
        func column(_ index: Int) -> SIMD3<Double> { SIMD3(rows[0][index], rows[1][index], rows[2][index]) }
        return Affine(i: column(0), j: column(1), k: column(2), origin: column(3))
    }

    /// An ITK transform file: LPS in mm, from a point of the fixed image to the moving image's, as resampling wants it.
    ///
    /// Parameters are the matrix by rows and the translation, y = M · (x − c) + c + t with the centre c = 0
    /// (ITK Software Guide, book 2, "Transforms").
    package static func itk(_ motion: RigidMotion) -> String {
        let map = motion.map
        // x and y change their signs on both sides.
        let sign = SIMD3<Double>(-1, -1, 1)
        let rows = (0..<3).flatMap { row in
            [map.i[row] * sign.x, map.j[row] * sign.y, map.k[row] * sign.z].map { $0 * sign[row] }
        }
        let shift = (0..<3).map { map.origin[$0] * sign[$0] }
        return """
            #Insight Transform File V1.0
            #Transform 0
            Transform: AffineTransform_double_3_3
            Parameters: \((rows + shift).map { "\($0 == 0 ? 0 : $0)" }.joined(separator: " "))
            FixedParameters: 0 0 0

            """
    }
}
