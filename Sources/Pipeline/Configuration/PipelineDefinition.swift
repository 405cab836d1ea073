import CollaGAN
import Files
import Foundation
import Patients
import Tensors

/// A whole pipeline as a YAML file describes it (docs/reference/pipeline-file.md). Paths are relative to the
/// file's folder.
package struct PipelineDefinition: Decodable, Sendable, Equatable {
    /// Where the patients come from.
    package struct Input: Decodable, Sendable, Equatable {
        package var patients: String
        package var layout: Layout?
        /// Globs by contrast name, `brainmask` or `lesion`.
        package var patterns: [String: Globs]?
    }

    /// One glob, or a list of which any may fit.
    package struct Globs: Decodable, Sendable, Equatable {
        package var globs: [String]

        package init(from decoder: any Decoder) throws {
            guard var list = try? decoder.unkeyedContainer() else {
                globs = [try decoder.singleValueContainer().decode(String.self)]
                return
            }
            globs = []
            while !list.isAtEnd { globs.append(try list.decode(String.self)) }
        }
    }

    /// What happens before the network. Crop, spacing and normalisation belong to the model and cannot be set.
    package struct Preprocess: Decodable, Sendable, Equatable {
        /// Whether brain masks among the files are used; default true.
        package var masks: Bool?
        /// Whether the patients are raw scans, to be prepared first; default false.
        package var prepare: Bool?
        /// For the preparation: the contrast on whose grid all shall lie, and a program that finds brains.
        package var reference: String?
        package var brainCommand: String?
    }

    /// The network.
    package struct Model: Decodable, Sendable, Equatable {
        /// Weight file; default the shipped model.
        package var file: String?
        /// Of the operands of the network's products; default float32.
        package var precision: Precision?
    }

    /// What is synthesised.
    package struct Imputation: Decodable, Sendable, Equatable {
        package enum Mode: String, Decodable, Sendable, CaseIterable {
            case impute, evaluate
        }

        /// Default: `impute`.
        package var mode: Mode?
        /// Contrast names; default all that the mode asks for.
        package var targets: [String]?
        /// Of which contrast a model of one input makes all; default the best for each patient.
        package var from: String?
        /// Whether `evaluate` also synthesises every contrast from every subset of the others; default true.
        package var subsets: Bool?
    }

    /// What is written.
    package struct Outputs: Decodable, Sendable, Equatable {
        package var folder: String
        /// Whether complete results are made again; default false.
        package var overwrite: Bool?
        /// Whether what the network saw is written too, into the folder `preprocessed` of the results; default false.
        package var preprocessed: Bool?
    }

    package var input: Input
    package var preprocess: Preprocess?
    package var model: Model?
    package var imputation: Imputation?
    package var outputs: Outputs
    /// Number of threads; default all processors.
    package var threads: Int?
    /// Memory that the program may take, as `MemoryLimit.bytes` reads it; default what the machine has.
    package var memory: String?

    /// Reads a file and makes its paths absolute.
    /// - Throws: as `StrictYAML.decode`, and `.badConfiguration` for values out of range and for what configures a training.
    package static func load(_ path: String) throws(CollaGANError) -> PipelineDefinition {
        var definition: PipelineDefinition
        do {
            definition = try StrictYAML.decode(PipelineDefinition.self, file: path)
        } catch {
            throw isTrainingConfiguration(path)
                ? CollaGANError(
                    .badConfiguration, path: path,
                    "\(path): configures a training, not a pipeline; use collagan train --config \(path)")
                : error
        }
        let folder = FilePath.folder(FilePath.absolute(path))
        func absolute(_ relative: String) -> String {
            relative.hasPrefix("/") ? relative : FilePath.absolute("\(folder)/\(relative)")
        }
        for (key, value) in [
            ("input.patients", definition.input.patients), ("outputs.folder", definition.outputs.folder),
        ]
        where value.isEmpty {
            throw CollaGANError(.badConfiguration, path: path, "\(path): '\(key)' is empty; give a folder")
        }
        if let threads = definition.threads, !(1...1024).contains(threads) {
            throw CollaGANError(.badConfiguration, path: path, "\(path): 'threads' must lie between 1 and 1024")
        }
        if let memory = definition.memory, MemoryLimit.bytes(memory) == nil {
            throw CollaGANError(
                .badConfiguration, path: path,
                "\(path): 'memory: \(memory)' is no size; give one such as 2G or 1500M (K, M, G, T: powers of 1000)")
        }
        let preprocess = definition.preprocess
        guard preprocess?.prepare == true || preprocess?.reference == nil && preprocess?.brainCommand == nil else {
            throw CollaGANError(
                .badConfiguration, path: path,
                "\(path): 'preprocess.reference' and 'preprocess.brainCommand' need 'prepare: true'; add it or leave them out"
            )
        }
        guard preprocess?.prepare != true || preprocess?.masks != false else {
            throw CollaGANError(
                .badConfiguration, path: path,
                "\(path): 'preprocess.masks: false' would leave the mask out that 'prepare: true' makes; remove one")
        }
        if definition.imputation?.subsets != nil, definition.imputation?.mode != .evaluate {
            throw CollaGANError(
                .badConfiguration, path: path, "\(path): 'imputation.subsets' needs 'mode: evaluate'; leave one out")
        }
        if definition.imputation?.subsets == true, definition.imputation?.from != nil {
            throw CollaGANError(
                .badConfiguration, path: path,
                "\(path): 'imputation.subsets' and 'imputation.from' exclude each other; leave one out")
        }
        definition.input.patients = absolute(definition.input.patients)
        definition.outputs.folder = absolute(definition.outputs.folder)
        if let file = definition.model?.file { definition.model?.file = absolute(file) }
        return definition
    }

    /// Whether a file is a training configuration that says anything.
    private static func isTrainingConfiguration(_ path: String) -> Bool {
        guard let training = try? StrictYAML.decode(TrainingDefinition.self, file: path) else { return false }
        return training != TrainingDefinition()
    }

    /// The same as settings of a run.
    package var settings: RunSettings {
        var settings = RunSettings(
            mode: imputation?.mode == .evaluate ? .evaluate : .impute, patients: input.patients, output: outputs.folder)
        settings.layout = input.layout ?? .auto
        settings.patterns = (input.patterns ?? [:]).sorted { $0.key < $1.key }
            .flatMap { role, globs in globs.globs.map { FilePattern(role: role, glob: $0) } }
        settings.targets = imputation?.targets
        settings.evaluatesSubsets = imputation?.subsets ?? (imputation?.from == nil)
        settings.usesMasks = preprocess?.masks ?? true
        settings.overwrites = outputs.overwrite ?? false
        settings.memory = memory.flatMap(MemoryLimit.bytes)
        settings.precision = model?.precision ?? .float32
        return settings
    }
}
