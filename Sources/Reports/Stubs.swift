import Volumes
extension PatientReport {
    /// The page, self-contained.
    public func html() -> String { "" }
}
extension CohortReport {
    /// The page, self-contained.
    public func html() -> String { "" }
}
/// stub
public enum QuickLook {
    /// PNG of three orthogonal mid slices per volume.
    public static func png(_ volumes: [(title: String, volume: Volume)]) -> [UInt8] { [] }
}
/// stub
public enum ComparisonFigure {
    /// PNG of rows of slices × columns.
    public static func png(
        columns: [(title: String, volume: Volume)], error: (title: String, imputed: Volume, truth: Volume)? = nil,
        slices: [Int]? = nil, rows: Int = 3, tileSide: Int = 208
    ) -> [UInt8] { [] }
}
