import Volumes

/// What the network expects of its input; stored with the weights.
package struct PreprocessingSettings: Sendable, Equatable {
    /// Contrast names in the network's order.
    package var contrasts: [String]
    /// Rows (posterior to anterior) of the window, in pixels; a multiple of 16.
    package var cropHeight: Int
    /// Columns (left to right) of the window, in pixels; a multiple of 16.
    package var cropWidth: Int
    /// In-plane pixel spacing in mm.
    package var spacing: Double
    package var normalisation: Normalisation

    /// Takes the values as they are; `Preprocessor.prepare` checks them.
    package init(
        contrasts: [String], cropHeight: Int, cropWidth: Int, spacing: Double, normalisation: Normalisation
    ) {
        self.contrasts = contrasts
        self.cropHeight = cropHeight
        self.cropWidth = cropWidth
        self.spacing = spacing
        self.normalisation = normalisation
    }
}

/// One volume and the file it came from, which errors and notes name.
package struct PreprocessingInput: Sendable {
    /// The voxels as read.
    package var volume: Volume
    /// Where they were read from.
    package var path: String
    /// Where the volume shows something.
    package let support: ImageSupport

    /// Pairs a volume with its file.
    /// - Parameter isMask: whether it is no image.
    package init(volume: Volume, path: String, isMask: Bool = false) {
        self.volume = volume
        self.path = path
        support = isMask ? .none : ImageSupport(volume)
    }
}
