import Foundation
import Patients
import Preprocessing
import Volumes

/// How large prepared patients will be, told from their headers.
///
/// Every axial slice is counted with the training crop: slices without brain make the cache smaller, large brains larger.
struct CacheEstimate {
    let bytes: Int
    /// Free space where the cache lies; nil if it cannot be told.
    let free: Int?

    init(_ patients: [Patient], _ settings: PreprocessingSettings, folder: String) {
        let pixels = settings.cropHeight * settings.cropWidth
        bytes = patients.reduce(0) { sum, patient in
            guard let path = patient.contrasts.compactMap({ $0 }).first, let header = try? NIfTIFile.readHeader(path)
            else {
                return sum
            }
            let slices = header.grid.reorientedToRAS().size.z
            return sum + slices * (pixels * 4 * patient.available.count + pixels / 8)
        }
        var status = statvfs()
        free = statvfs(folder, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : nil
    }
}
