import ElementaryFunctions
import Foundation

extension HeaderCheck {
    /// Is it known where the voxels are?
    static let geometry: [HeaderCheck] = [
        HeaderCheck("form-codes") { header in
            let codes = [("qform", header.qformCode), ("sform", header.sformCode)].filter { !(0...5).contains($0.1) }
            guard let (name, code) = codes.first else { return nil }
            return .warning(
                "has the unknown \(name) code \(code)", code < 0 ? "it was taken as 0" : "its affine was believed")
        },
        HeaderCheck("units") { header in
            let code = header.unitsCode & 7
            switch code {
            case 2: return nil
            case 0: return .info("does not say its unit of length: millimetres were assumed")
            case 1: return .info("is given in metres: converted to millimetres")
            case 3: return .info("is given in microns: converted to millimetres")
            default: return .warning("has the unknown unit code \(code)", "millimetres were assumed")
            }
        },
        HeaderCheck("pixdim") { header in
            let values = (1...3).map { header.pixdim[$0] }
            if !header.hasSpacing {
                let text = values.map { "\($0)" }.joined(separator: " × ")
                return header.sformCode > 0
                    ? .warning("has voxel sizes \(text) in pixdim", "they were ignored in favour of the sform")
                    : .error(
                        "has voxel sizes \(text) and no sform, so that its geometry is unknown",
                        "repair pixdim in its header")
            }
            return values.contains { $0 < 0 }
                ? .warning("has negative voxel sizes in pixdim", "their sign was ignored") : nil
        },
        HeaderCheck("qfac") { header in
            guard header.qformCode > 0, header.pixdim[0] != 1, header.pixdim[0] != -1 else { return nil }
            let taken = header.pixdim[0] < 0 ? "-1" : "1"
            return header.pixdim[0] == 0
                ? .info("has pixdim[0] = 0, which counts as 1")
                : .warning("has pixdim[0] = \(header.pixdim[0]) instead of 1 or -1", "it was taken as \(taken)")
        },
        HeaderCheck("quaternion") { header in
            guard header.qformCode > 0 else { return nil }
            let isUsed = header.affine.source == .qform
            guard (header.quaternion + header.qoffset).allSatisfy(\.isFinite) else {
                return isUsed
                    ? .error("has numbers in its qform that are not finite", "repair the orientation in its header")
                    : .warning("has numbers in its qform that are not finite", "the sform was used")
            }
            let norm = header.quaternion.reduce(0) { $0 + $1 * $1 }
            return norm > 1 + 1e-4
                ? .warning(
                    "has a qform quaternion of length \(norm.squareRoot()), above 1", "it was scaled to length 1") : nil
        },
        HeaderCheck("affine") { header in
            let (source, affine) = header.affine
            guard let affine else { return nil }
            if !affine.isFinite {
                return .error(
                    "has numbers in its \(source.rawValue) that are not finite", "repair the orientation in its header")
            }
            if affine.inverse() == nil {
                return .error(
                    "has a singular \(source.rawValue): its voxels would lie in one plane",
                    "repair the orientation in its header")
            }
            return nil
        },
        HeaderCheck("orientation") { header in
            guard header.affine.source == .pixdim else { return nil }
            return .warning(
                "has no orientation in its header: axes to the right, anterior and superior were assumed",
                "set the sform or qform if this is wrong")
        },
        HeaderCheck("forms-agree") { header in
            guard header.sformCode > 0, header.qformCode > 0, let size = header.size, let qform = header.qform else {
                return nil
            }
            let (a, b) = (Grid(size: size, affine: header.sform), Grid(size: size, affine: qform))
            if a.isClose(to: b, tolerance: 0.1 * (header.spacing.min())) { return nil }
            return .info("has an sform and a qform that put its voxels in different places: the sform was used")
        },
        HeaderCheck("voxel-size") { header in
            guard let affine = header.affine.value, affine.isFinite else { return nil }
            let spacing = Grid(size: SIMD3(1, 1, 1), affine: affine).spacing
            let text = "has voxels of \(spacing.x) × \(spacing.y) × \(spacing.z) mm"
            if spacing.min() < 1e-4 || spacing.max() > 1e4 {
                return .error("\(text), which cannot be", "repair the voxel sizes or the unit of length in its header")
            }
            guard spacing.min() < 0.05 || spacing.max() > 20 else { return nil }
            return .warning("\(text), unlikely for a head", "check the unit of length")
        },
        HeaderCheck("position") { header in
            guard let affine = header.affine.value, affine.isFinite, let size = header.size else { return nil }
            let last = affine.world(SIMD3<Double>(size) - 1)
            let farthest = max(length(affine.origin), length(last))
            guard !(farthest <= 1e6) else { return nil }
            return .error(
                "puts its voxels up to \(farthest / 1e6) km away from the origin, which cannot be",
                "repair the orientation in its header")
        },
        HeaderCheck("shear") { header in
            guard let affine = header.affine.value, affine.inverse() != nil else { return nil }
            let cosines = [(affine.i, affine.j), (affine.j, affine.k), (affine.k, affine.i)].map {
                abs(dot($0, $1)) / (length($0) * length($1))
            }
            guard let largest = cosines.max(), largest > 0.1 else { return nil }
            // The arc cosine, rounded to a degree.
            let angle = (1...90).last { Elementary.cos((Double($0) - 0.5) * .pi / 180) >= largest } ?? 0
            return .warning("has axes at \(angle)° to each other instead of 90°", "check its orientation")
        },
        HeaderCheck("spacing-agrees") { header in
            guard header.sformCode > 0, header.hasSpacing else { return nil }
            let steps = Grid(size: SIMD3(1, 1, 1), affine: header.sform).spacing
            let difference = steps - header.spacing
            let isClose = (0..<3).allSatisfy { abs(difference[$0]) <= 0.01 * header.spacing[$0] }
            return isClose ? nil : .info("has other voxel sizes in pixdim than in its sform: the sform was used")
        },
    ]
}
