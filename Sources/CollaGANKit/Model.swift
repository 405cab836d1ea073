import CollaGAN
import Files
import Patients
import Pipeline
import Preprocessing
import Tensors
import Volumes

/// A trained model that imputes missing contrasts. Nothing about it is shared or global: several may be used at once.
public struct Model: Sendable {
    private let file: ModelFile

    private var contrastNames: [String] { file.description.contrasts }

    /// Reads a weight file.
    /// - Throws: `Refusal` for a file that is missing, damaged or of another network.
    public init(contentsOf path: String) throws(Refusal) {
        file = try refusing { try ModelFile(path: path) }
    }

    /// The model that comes with the program: `$COLLAGAN_MODEL`, else that of `Pipelines/models` in a folder above the executable.
    public static func shipped() throws(Refusal) -> Model {
        try Model(contentsOf: refusing { try ModelFile.shippedPath() })
    }

    public var name: String { file.description.name }
    /// Of the weight file, hexadecimal.
    public var sha256: String { file.sha256 }
    /// Names of the contrasts, in the model's order.
    public var contrasts: [String] { contrastNames }

    /// Finds the patients below a folder: one patient's, a folder of them, a BIDS dataset (docs/reference/layouts.md).
    /// - Throws: `Refusal` if there is none. A patient that cannot be used carries a `problem`.
    public func patients(in folder: String) throws(Refusal) -> [Patient] {
        try refusing { try PatientDiscovery(contrasts: contrastNames).patients(in: folder) }
            .map { Patient($0, names: contrastNames) }
    }

    /// Imputes a contrast. One that the patient has is hidden first and then compared with what was imputed.
    ///
    /// Of a missing contrast the image is the same to the bit as what `collagan impute` writes.
    /// - Parameters:
    ///   - contrast: its name, in the model's words or others' ("flair", "t1ce").
    ///   - inputs: what it is made from; all other contrasts that are there if nil.
    ///   - threads: how many threads the network may use; all processors if nil. The result does not depend on it.
    ///   - progress: told the fraction done, 0 … 1.
    /// - Throws: `Refusal` for an unknown contrast, a patient that cannot be used, or when stopped.
    public func impute(
        _ contrast: String, of patient: Patient, from inputs: [String]? = nil, threads: Int? = nil,
        stop: StopRequest? = nil, progress: ((Double) -> Void)? = nil
    ) throws(Refusal) -> Imputation {
        try refusing {
            try Parallel.withThreads(max(threads ?? Parallel.threads, 1)) {
                try imputed(index(contrast), of: patient, from: inputs?.map(index), stop: stop, progress: progress)
            }
        }
    }

    private func index(_ contrast: String) throws(Refusal) -> Int {
        guard let name = ContrastVocabulary.name(contrast, among: contrastNames),
            let index = contrastNames.firstIndex(of: name)
        else {
            throw Refusal(
                "contrast '\(contrast)': the model does not know it, only \(contrastNames.joined(separator: ", "))")
        }
        return index
    }

    private func imputed(
        _ target: Int, of patient: Patient, from chosen: [Int]?, stop: StopRequest?, progress: ((Double) -> Void)?
    ) throws -> Imputation {
        let description = file.description
        let inputs = try inputs(of: patient, chosen, for: target)
        let isHidden = patient.found.contrasts[target] != nil
        if isHidden, let problem = patient.found.lesionProblem { throw problem }
        let files = PatientInputs(
            patient.found, contrastNames: contrastNames, usesMask: true, usesLesion: isHidden
        ).only(inputs + (isHidden ? [target] : []))
        let images = try PatientImages(files)
        let preprocessor = Preprocessor(description)
        let task =
            isHidden
            ? try TargetTask.hidden(target, from: inputs, of: images, preprocessor)
            : .missing(target, try preprocessor.prepare(images, including: inputs))
        let image = try Imputer(file.model).imputeCovered(
            task.prepared.stack, spacing: task.prepared.sliceSpacing, target: target, inputs: inputs
        ) { fraction in
            progress?(fraction)
            return stop?.isRequested != true
        }
        guard let image else { throw Refusal(path: patient.folder, "\(patient.name): stopped as asked") }
        let imputed = try ImputedVolume(image, of: task, images.headers, description)
        let names = description.inputs(of: target, among: inputs).map { contrastNames[$0] }
        let mark = try SyntheticMark(
            contrastNames[target], model: (description.name, file.sha256), from: names, InputHashes(files))
        let scores = try task.truth.map { truth in
            try Evaluation(target: target, truth: truth, description: description).scores(imputed.inMetricUnits)
        }
        return Imputation(
            contrast: contrastNames[target], inputs: names,
            image: Image(imputed.volume, like: imputed.header, marked: mark), intensityScale: imputed.scale,
            notes: images.headers.findings.map(\.text) + task.prepared.notes, scores: scores.map(Scores.init))
    }

    /// What a contrast is imputed from: all others that are there, or those that were chosen, in the model's order.
    private func inputs(of patient: Patient, _ chosen: [Int]?, for target: Int) throws -> [Int] {
        guard patient.names == contrastNames else {
            throw Refusal(
                path: patient.folder,
                "\(patient.name): was found by a model of other contrasts; find it with this model's patients(in:)")
        }
        if let problem = patient.problem { throw problem }
        let inputs = Set(chosen ?? patient.found.available.filter { $0 != target }).sorted()
        for input in inputs where input == target || patient.found.contrasts[input] == nil {
            throw Refusal(
                path: patient.folder,
                "\(patient.name): \(contrastNames[input]) "
                    + (input == target ? "cannot be imputed from itself" : "is not there; leave it out of the inputs"))
        }
        guard !inputs.isEmpty else {
            throw Refusal(
                path: patient.folder,
                "\(patient.name): nothing is left to impute \(contrastNames[target]) from; add a second contrast")
        }
        return inputs
    }
}
