import ElementaryFunctions
import Volumes

/// A rotation and a shift of the world: maps a place in the fixed image to the place in the moving one, both in mm, RAS+.
package struct RigidMotion: Sendable, Equatable {
    /// Columns of the rotation matrix and the place that the world's origin goes to.
    package let map: Affine

    package static let identity = RigidMotion(Affine(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: .zero))

    init(_ map: Affine) { self.map = map }

    /// - Returns: nil where the map is no rotation and shift, to a millionth.
    init?(rigid map: Affine) {
        let axes = [map.i, map.j, map.k]
        for one in 0..<3 {
            for other in one..<3 where abs((axes[one] * axes[other]).sum() - (one == other ? 1 : 0)) > 1e-6 {
                return nil
            }
        }
        let (i, j) = (map.i, map.j)
        let cross = SIMD3(i.y * j.z - i.z * j.y, i.z * j.x - i.x * j.z, i.x * j.y - i.y * j.x)
        guard (cross * map.k).sum() > 0 else { return nil }
        self.map = map
    }

    /// A rotation about y, then x, then z (R = Rz · Rx · Ry), then a shift.
    /// - Parameters:
    ///   - radians: about x, y and z.
    ///   - shift: of the centre, in mm.
    ///   - centre: what the rotation leaves in place, in mm.
    package init(radians: SIMD3<Double>, shift: SIMD3<Double>, about centre: SIMD3<Double>) {
        let (sx, sy, sz) = (Elementary.sin(radians.x), Elementary.sin(radians.y), Elementary.sin(radians.z))
        let (cx, cy, cz) = (Elementary.cos(radians.x), Elementary.cos(radians.y), Elementary.cos(radians.z))
        let turn = Affine(
            i: [cz * cy - sz * sx * sy, sz * cy + cz * sx * sy, -cx * sy],
            j: [-sz * cx, cz * cx, sx],
            k: [cz * sy + sz * sx * cy, sz * sy - cz * sx * cy, cx * cy],
            origin: .zero)
        map = Affine(i: turn.i, j: turn.j, k: turn.k, origin: shift + centre - turn.world(centre))
    }

    /// Where a place of the fixed image lies in the moving one.
    package func moved(_ place: SIMD3<Double>) -> SIMD3<Double> { map.world(place) }

    /// The way back.
    package var inverse: RigidMotion {
        let (i, j, k) = (map.i, map.j, map.k)
        let turn = Affine(i: [i.x, j.x, k.x], j: [i.y, j.y, k.y], k: [i.z, j.z, k.z], origin: .zero)
        return RigidMotion(Affine(i: turn.i, j: turn.j, k: turn.k, origin: -turn.world(map.origin)))
    }

    /// `first`, then this.
    package func after(_ first: RigidMotion) -> RigidMotion { RigidMotion(map.after(first.map)) }

    /// Angle of the rotation about its axis in degrees, 0 ... 180.
    package var degrees: Double {
        let (i, j, k) = (map.i, map.j, map.k)
        let axis = SIMD3(j.z - k.y, k.x - i.z, i.y - j.x)
        let sine = (axis * axis).sum().squareRoot() / 2
        let cosine = (i.x + j.y + k.z - 1) / 2
        // Newton's method for the angle with this sine and cosine; its error is cubed in every step.
        var angle = cosine >= 0 ? Double.pi / 4 : 3 * Double.pi / 4
        for _ in 0..<6 { angle += sine * Elementary.cos(angle) - cosine * Elementary.sin(angle) }
        return max(0, min(180, angle * 180 / .pi))
    }
}

extension Affine {
    /// `first`, then this, where both map mm to mm or this maps what `first` gives.
    func after(_ first: Affine) -> Affine {
        let start = world(first.origin)
        return Affine(
            i: world(first.origin + first.i) - start, j: world(first.origin + first.j) - start,
            k: world(first.origin + first.k) - start, origin: start)
    }
}
