/// What is known of one file.
package struct SliceHeader: Sendable {
    package let path: String
    /// Who and what it belongs to: to be compared, never to be written or shown.
    let patient: [String]
    let study: String
    package let series: String

    package let objectClass: String
    package let modality: String
    package let number: Int?
    package let description: String
    package let imageType: [String]
    /// Codes such as SE, IR, GR, EP.
    package let sequence: [String]
    package let variant: [String]
    /// In ms; nil where the header has none above 0.
    package let repetitionTime: Double?
    package let echoTime: Double?
    package let inversionTime: Double?
    /// Degrees.
    package let flipAngle: Double?
    /// As it is called; empty where none was given.
    package let agent: String
    /// When it was acquired, for putting series in order.
    package let time: String

    /// Images in this file.
    package let frames: Int
    package let rows: Int
    package let columns: Int
    /// mm between rows, between columns.
    package let pixelSpacing: SIMD2<Double>?
    /// Centre of the first pixel, LPS in mm.
    package let position: SIMD3<Double>?
    /// Direction of a row, and of a column, LPS.
    package let orientation: (row: SIMD3<Double>, column: SIMD3<Double>)?

    /// - Returns: nil for a file that does not say it is DICOM, and for a DICOMDIR.
    /// - Throws: `DICOMError` for one that does, but cannot be read.
    package init?(_ path: String) throws(DICOMError) {
        guard let parser = try HeaderParser(FileBytes(path)) else { return nil }
        self.init(path, parser.values)
    }

    /// - Parameter values: of the file, by tag.
    /// - Returns: nil for one without a series, such as a DICOMDIR.
    init?(_ path: String, _ values: [Tag: [UInt8]]) {
        func text(_ tag: Tag) -> String { values[tag].map(HeaderText.text) ?? "" }
        func texts(_ tag: Tag) -> [String] { (values[tag].map(HeaderText.texts) ?? []).map { $0.uppercased() } }
        func numbers(_ tag: Tag, _ count: Int) -> [Double]? {
            values[tag].flatMap(HeaderText.numbers).flatMap { $0.count == count ? $0 : nil }
        }
        func positive(_ tag: Tag) -> Double? {
            values[tag].flatMap(HeaderText.numbers)?.first.flatMap { $0 > 0 ? $0 : nil }
        }
        func short(_ tag: Tag) -> Int {
            values[tag].flatMap { $0.count >= 2 ? Int($0[0]) | Int($0[1]) << 8 : nil } ?? 0
        }
        series = text(.series)
        guard !series.isEmpty else { return nil }
        self.path = path
        patient = [text(.patientID), text(.patientName)]
        study = text(.study)
        objectClass = text(.objectClass)
        modality = text(.modality).uppercased()
        number = Int(text(.seriesNumber))
        let described = text(.seriesDescription)
        description = described.isEmpty ? text(.protocolName) : described
        imageType = texts(.imageType)
        sequence = texts(.scanningSequence)
        variant = texts(.sequenceVariant)
        repetitionTime = positive(.repetitionTime)
        echoTime = positive(.echoTime)
        inversionTime = positive(.inversionTime)
        flipAngle = positive(.flipAngle)
        let named = text(.contrastAgent)
        let volume = positive(.contrastVolume)
        agent = Self.noAgent.contains(named.lowercased()) ? volume.map { "\($0) ml" } ?? "" : named
        let acquired = text(.acquisitionTime)
        time = acquired.isEmpty ? text(.seriesTime) : acquired
        frames = Int(text(.frames)) ?? 1
        rows = short(.rows)
        columns = short(.columns)
        pixelSpacing = numbers(.pixelSpacing, 2).flatMap { $0.allSatisfy { $0 > 0 } ? SIMD2($0[0], $0[1]) : nil }
        position = numbers(.position, 3).map { SIMD3($0[0], $0[1], $0[2]) }
        orientation = numbers(.orientation, 6).map { (SIMD3($0[0], $0[1], $0[2]), SIMD3($0[3], $0[4], $0[5])) }
    }

    /// Whether this is the same slice of the same series and patient.
    func isSame(as other: SliceHeader) -> Bool {
        (patient, study, series) == (other.patient, other.study, other.series)
            && (rows, columns, position, pixelSpacing)
                == (other.rows, other.columns, other.position, other.pixelSpacing)
            && orientation?.row == other.orientation?.row && orientation?.column == other.orientation?.column
    }

    private static let noAgent: Set<String> = [
        "", "no", "none", "n", "0", "-", "null", "nil", "n/a", "na", "false", "unknown", "ohne", "without", "sans",
    ]
}
