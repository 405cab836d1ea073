import Patients
import Volumes

/// A 3-D image with its place in the world, as a NIfTI file holds it.
public struct Image: Sendable {
    let volume: Volume
    /// The file that it is like; nil for an image of one's own.
    let header: NIfTIHeader?
    /// What an imputed image says of itself in its file.
    let mark: SyntheticMark?

    /// Number of voxels along i, j, k.
    public var size: SIMD3<Int> { volume.grid.size }
    /// mm along i, j, k.
    public var spacing: SIMD3<Double> { volume.grid.spacing }
    /// Voxel (i, j, k) is `voxels[i + size.x * (j + size.y * k)]`.
    public var voxels: [Float] { volume.voxels }
    /// World coordinates of a voxel in mm, RAS+ (x to the patient's right, y anterior, z superior).
    public func world(_ voxel: SIMD3<Double>) -> SIMD3<Double> { volume.grid.affine.world(voxel) }

    /// Reads a NIfTI file (`.nii`, `.nii.gz`).
    /// - Throws: `Refusal` for a file that is no single 3-D image, damaged, or holds NaN or infinite voxels.
    public init(contentsOf path: String) throws(Refusal) {
        let image = try refusing { try NIfTIFile.read(path) }
        if let problem = image.notFinite(path) { throw Refusal(path: path, problem) }
        self.init(image.volume, like: image.header)
    }

    /// Other voxels on an image's grid, written like it.
    /// - Precondition: `voxels.count == image.voxels.count`.
    public init(voxels: [Float], like image: Image) {
        self.init(Volume(grid: image.volume.grid, voxels: voxels), like: image.header)
    }

    init(_ volume: Volume, like header: NIfTIHeader?, marked mark: SyntheticMark? = nil) {
        self.volume = volume
        self.header = header
        self.mark = mark
    }

    /// Writes a NIfTI file, whole or not at all: datatype, form codes and geometry are those of the image that it is like, else
    /// float32. Compressed if the name ends in `.gz`. An imputed image is marked as synthetic inside the file.
    /// - Throws: `Refusal` if it cannot be written; an earlier file is then untouched.
    public func write(to path: String) throws(Refusal) {
        try refusing {
            if let header {
                try NIfTIFile.write(volume, like: header, marked: mark, to: path)
            } else {
                try NIfTIFile.write(volume, marked: mark, to: path)
            }
        }
    }
}
