import Volumes

/// What the network expects of its input; stored with the weights.
public struct PreprocessingSettings: Sendable, Equatable {
    /// Contrast names in the network's order.
    public var contrasts: [String]
    /// Rows (posterior to anterior) of the window, in pixels; a multiple of 16.
    public var cropHeight: Int
    /// Columns (left to right) of the window, in pixels; a multiple of 16.
    public var cropWidth: Int
    /// In-plane pixel spacing in mm.
    public var spacing: Double

    /// Takes the values as they are; `Preprocessor.prepare` checks them.
    public init(contrasts: [String], cropHeight: Int, cropWidth: Int, spacing: Double) {
        (self.contrasts, self.cropHeight, self.cropWidth, self.spacing) = (contrasts, cropHeight, cropWidth, spacing)
    }
}

/// One volume and the file it came from, which errors and notes name.
public struct PreprocessingInput: Sendable {
    /// The voxels as read.
    public var volume: Volume
    /// Where they were read from.
    public var path: String

    /// Pairs a volume with its file.
    public init(volume: Volume, path: String) {
        (self.volume, self.path) = (volume, path)
    }
}
