/// Everything the page about one patient shows, as plain data; `html()` lays it out.
package struct PatientReport: Sendable, Codable {
    /// The patient's name, as in the output folder.
    package var patient: String
    /// One entry per imputed contrast, in the model's order.
    package var contrasts: [ImputedContrast]
    /// The files that were read.
    package var inputs: [InputFile]
    /// What the reader must know before using the images, one sentence each; contrast-specific ones belong to the contrast.
    package var warnings: [String]
    /// What was done to the data on the way (resampling, clipping), one sentence each.
    package var notes: [String]
    /// Path, relative to this page's, of the one about subsets of the inputs; nil where there is none.
    package var subsets: String?
    /// With what the images were made.
    package var provenance: Provenance

    /// A page about one patient.
    package init(
        patient: String, contrasts: [ImputedContrast], inputs: [InputFile], warnings: [String] = [],
        notes: [String] = [], subsets: String? = nil, provenance: Provenance
    ) {
        (self.patient, self.contrasts, self.inputs) = (patient, contrasts, inputs)
        (self.warnings, self.notes, self.subsets, self.provenance) = (warnings, notes, subsets, provenance)
    }
}

/// One imputed contrast of a patient.
package struct ImputedContrast: Sendable, Codable {
    /// Name of the contrast, e.g. "FLAIR".
    package var name: String
    /// Names of the contrasts it was imputed from.
    package var inputs: [String]
    /// Name of the written image, nil where none was kept.
    package var file: String?
    /// Pictures, nil where none could be made.
    package var gallery: SliceGallery?
    /// Network first, then the baselines; empty where there is no truth to compare with.
    package var scores: [ScoreRow]
    /// One entry per available contrast; empty where the check was not run.
    package var cycle: [CycleCheck]
    /// What the reader must know about this contrast, e.g. that gadolinium enhancement cannot be recovered.
    package var warnings: [String]

    /// One imputed contrast.
    package init(
        name: String, inputs: [String], file: String? = nil, gallery: SliceGallery? = nil, scores: [ScoreRow] = [],
        cycle: [CycleCheck] = [], warnings: [String] = []
    ) {
        (self.name, self.inputs, self.file, self.gallery) = (name, inputs, file, gallery)
        (self.scores, self.cycle, self.warnings) = (scores, cycle, warnings)
    }
}

/// One file that was read for a patient.
package struct InputFile: Sendable, Codable {
    /// What it was recognised as: a contrast's name or e.g. "brain mask".
    package var role: String
    /// File name or path as the user knows it.
    package var file: String
    /// Hexadecimal SHA-256 of the file's bytes.
    package var sha256: String
    /// Voxels along the three storage axes.
    package var size: [Int]
    /// Voxel spacing in mm along the three storage axes.
    package var spacing: [Double]
    /// Orientation code of the storage axes, e.g. "LPI".
    package var orientation: String
    /// 99.5th percentile inside the brain, by which the contrast was divided; nil for masks.
    package var percentile: Double?

    /// One row of the table of inputs.
    package init(
        role: String, file: String, sha256: String, size: [Int], spacing: [Double], orientation: String,
        percentile: Double? = nil
    ) {
        (self.role, self.file, self.sha256, self.size) = (role, file, sha256, size)
        (self.spacing, self.orientation, self.percentile) = (spacing, orientation, percentile)
    }
}

/// With what an image was made.
package struct Provenance: Sendable, Codable {
    /// A named value, shown as one row.
    package struct Setting: Sendable, Codable {
        /// What is set, e.g. "Crop".
        package var name: String
        /// Its value, e.g. "192 × 160".
        package var value: String

        /// A named value.
        package init(_ name: String, _ value: String) {
            (self.name, self.value) = (name, value)
        }
    }

    /// Model's name or file name.
    package var model: String
    /// Hexadecimal SHA-256 of the weight file.
    package var modelSHA256: String
    /// E.g. "collagan 1.0.0".
    package var software: String
    /// When the page was made, as it shall be shown; nil leaves it out (reproducible pages).
    package var created: String?
    /// Further settings worth printing, in order.
    package var settings: [Setting]

    /// With what an image was made.
    package init(
        model: String, modelSHA256: String, software: String, created: String? = nil, settings: [Setting] = []
    ) {
        (self.model, self.modelSHA256, self.software) = (model, modelSHA256, software)
        (self.created, self.settings) = (created, settings)
    }
}
