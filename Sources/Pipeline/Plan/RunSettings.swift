/// What a run is to do.
public struct RunSettings: Sendable {
    /// Which contrasts are synthesised.
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// Those that a patient lacks.
        case impute
        /// Those that a patient has, each hidden in turn and compared with the truth.
        case evaluate
    }

    public var mode: Mode
    /// One patient's folder, a folder of patients or a dataset.
    public var patients: String
    /// Folder for the results.
    public var output: String
    public var layout: Layout = .auto
    public var patterns: [FilePattern] = []
    /// The model's names of the contrasts to synthesise; nil for all that `mode` asks for.
    public var targets: [String]?
    /// Whether brain masks among the files are used.
    public var usesMasks = true
    /// Whether `evaluate` also synthesises every contrast from every subset of the others.
    public var evaluatesSubsets = true
    /// Whether results that are complete are made again.
    public var overwrites = false
    /// Bytes of memory that the process may take; nil for what the machine has.
    public var memory: Int?

    public init(mode: Mode, patients: String, output: String) {
        (self.mode, self.patients, self.output) = (mode, patients, output)
    }

    /// The same settings with the model's own names for the targets: regardless of case and by what a name stands for,
    /// e.g. "flair" and "t1ce" for FLAIR and T1Gd. A name that means none of them stays.
    /// - Parameter contrasts: the model's names.
    public func namingTargets(_ contrasts: [String]) -> RunSettings {
        var settings = self
        settings.targets = targets?.map { name in
            let canonical = ContrastVocabulary.canonical(name).lowercased()
            return contrasts.first { $0 == name }
                ?? contrasts.first { $0.lowercased() == name.lowercased() }
                ?? contrasts.first { ContrastVocabulary.canonical($0).lowercased() == canonical } ?? name
        }
        return settings
    }
}
