import Files
import Volumes

/// A rigid motion as other programs read it.
package enum TransformFile {
    /// The 4 × 4 matrix as JSON.
    private struct Matrix: Encodable {
        let from: String
        let to: String
        let matrix: [[Double]]
        let maps: String
    }

    /// The matrix that takes (x, y, z, 1) of the fixed image, RAS in mm, to the moving image's, as JSON.
    /// - Parameters:
    ///   - moving: what the moved image is called, e.g. "T2".
    ///   - fixed: what the reference is called.
    package static func json(_ motion: RigidMotion, moving: String, fixed: String) throws(CollaGANError) -> String {
        let map = motion.map
        let rows = (0..<3).map { [map.i[$0], map.j[$0], map.k[$0], map.origin[$0]] } + [[0, 0, 0, 1]]
        let text = Matrix(
            from: moving, to: fixed, matrix: rows,
            maps: "a place in \(fixed) to the same place in \(moving), RAS, mm")
        return String(decoding: try JSONFile.encode(text), as: UTF8.self)
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
