import Files

/// What a user must know about a result: a stable code and one line of text. In files the string "code: text".
package struct ResultWarning: Sendable, Equatable, CustomStringConvertible {
    /// What it is about; the names are part of the contract (docs/reference/warnings.md).
    package enum Code: String, Sendable, CaseIterable {
        /// Gadolinium enhancement cannot be known from other contrasts: every imputed T1Gd has it.
        case imputedEnhancement = "imputed-enhancement"
        /// An available contrast, made again with the imputed one, is unusually far from the acquired one.
        case unusualSelfCheck = "unusual-self-check"
        /// The same, in one region of the size of a lesion.
        case localSelfCheck = "local-self-check"
        /// The error inside the lesion is much larger than outside.
        case lesionError = "lesion-error"
        /// The lesion mask marks voxels, none of them in the brain.
        case lesionApart = "lesion-apart"
        /// Two inputs explain each other much better when their names are exchanged.
        case swappedContrasts = "swapped-contrasts"
        /// An image looks like another contrast than its name says.
        case unlikeItsName = "unlike-its-name"
        /// Two inputs have the same bytes.
        case identicalInputs = "identical-inputs"
        /// An input's intensities are not those of a usual image.
        case oddIntensities = "odd-intensities"
        /// The brain mask does not agree with the images and was not used.
        case doubtfulMask = "doubtful-mask"
        /// A contrast was laid on the reference by a motion that its checks doubt.
        case doubtfulAlignment = "doubtful-alignment"
        /// A DICOM series was left out that may have been meant.
        case doubtfulSeries = "doubtful-series"
        /// The skull is there, and no brain mask.
        case skullOn = "skull-on"
        /// A contrast has no data in a part of the brain.
        case partialCoverage = "partial-coverage"
        /// Contrasts do not lie on each other, or are not of one head.
        case misaligned
        /// Voxels inside the brain are no numbers.
        case notFinite = "not-finite"
        /// An input lay on another grid and was resampled.
        case resampledGrid = "resampled-grid"
        /// A header says something unlikely or contradictory, or leaves out where the image lies.
        case doubtfulHeader = "doubtful-header"
        /// A file was left out that may have been meant: its name says two things at once, or its format is not read.
        case leftOutFile = "left-out-file"
        /// The JSON file beside an input says another contrast than the input's name.
        case contradictingSidecar = "contradicting-sidecar"
    }

    package let code: Code
    /// One line: what, which contrast or file, what to do.
    package let text: String

    package init(_ code: Code, _ text: String) {
        (self.code, self.text) = (code, text.onOneLine)
    }

    /// "code: text"
    package var description: String { "\(code.rawValue): \(text)" }
}

extension ResultWarning: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let line = try container.decode(String.self)
        guard let colon = line.range(of: ": "), let code = Code(rawValue: String(line[..<colon.lowerBound])) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no warning code")
        }
        self.init(code, String(line[colon.upperBound...]))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
