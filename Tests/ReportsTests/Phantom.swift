import TestSupport
import Volumes

/// Small volumes in RAS order with known content.
enum Phantom {
    /// A ball of 0.5 in the middle, with a brighter corner towards the patient's right and front.
    static func head(size: Int = 32) -> Volume {
        let middle = Double(size - 1) / 2
        return SyntheticVolumes.volume(SyntheticVolumes.grid([size, size, size])) { i, j, k in
            let (x, y, z) = (Double(i) - middle, Double(j) - middle, Double(k) - middle)
            guard (x * x + y * y + z * z).squareRoot() < 0.45 * Double(size) else { return 0 }
            return x > 4 && y > 4 ? 1 : 0.5
        }
    }
}
