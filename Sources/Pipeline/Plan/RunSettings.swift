import Patients
import Tensors

/// What a run is to do.
package struct RunSettings: Sendable {
    /// What is made of a patient's contrasts.
    package enum Mode: String, Sendable, CaseIterable {
        /// Those that a patient lacks.
        case impute
        /// Those that a patient has, each hidden in turn and compared with the truth.
        case evaluate
        /// None is synthesised: what the network would see of those that are there is written.
        case preprocess
        /// None: those that are there are brought onto one grid, with a brain mask.
        case prepare
    }

    package var mode: Mode
    /// One patient's folder, a folder of patients or a dataset.
    package var patients: String
    /// Folder for the results.
    package var output: String
    package var layout: Layout = .auto
    package var patterns: [FilePattern] = []
    /// Which of the patients are taken on.
    package var selection = PatientSelection()
    /// Names of those among them whom an earlier stage of the same run has made ready; nil where there was none.
    package var ready: Set<String>?
    /// How long to wait where another process holds the folder or the part.
    package var waiting = Duration.zero
    /// The model's names of the contrasts to synthesise; nil for all that `mode` asks for.
    package var targets: [String]?
    /// Whether brain masks among the files are used.
    package var usesMasks = true
    /// Whether `evaluate` also synthesises every contrast from every subset of the others.
    package var evaluatesSubsets = true
    /// Whether results that are complete are made again.
    package var overwrites = false
    /// Bytes of memory that the process may take; nil for what the machine has.
    package var memory: Int?
    /// Of the operands of the network's products.
    package var precision = Precision.float32

    /// As what imputed images are written besides them.
    package var copies = ImageCopies()

    package init(mode: Mode, patients: String, output: String) {
        (self.mode, self.patients, self.output) = (mode, patients, output)
    }

    /// Where `--prepare` puts the patients of a run.
    package static func preparedFolder(in output: String) -> String { "\(output)/\(ResultNames.prepared)" }

    /// The same settings for what a run of `prepare` made of the patients: not for whom its folder still holds from earlier.
    package func afterPreparation(_ manifest: RunManifest) -> RunSettings {
        var settings = self
        (settings.patients, settings.patterns, settings.layout) = (Self.preparedFolder(in: output), [], .auto)
        settings.ready = Set(manifest.patients.filter { [.done, .skipped].contains($0.status) }.map(\.name))
        // Without the masks that were made, heads would be imputed with their skulls.
        settings.usesMasks = true
        return settings
    }

    /// The same settings with the model's own names for the targets: regardless of case and by what a name stands for,
    /// e.g. "flair" and "t1ce" for FLAIR and T1Gd. A name that means none of them stays.
    /// - Parameter contrasts: the model's names.
    package func namingTargets(_ contrasts: [String]) -> RunSettings {
        var settings = self
        settings.targets = targets?.map { ContrastVocabulary.name($0, among: contrasts) ?? $0 }
        return settings
    }
}
