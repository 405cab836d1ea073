import ArgumentParser
import Files
import Pipeline

/// The model and the threads it runs on.
struct ComputingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Weight file. Default: $COLLAGAN_MODEL, else the shipped model.", valueName: "file"))
    var model: String?

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var memory: MemoryOptions

    /// Loads the model.
    func modelFile() throws(CollaGANError) -> ModelFile {
        let path = if let model { model } else { try ModelFile.shippedPath() }
        let file = try ModelFile(path: path)
        try ProcessSettings.use(threads: threads.threads)
        return file
    }
}

/// How many threads are used.
struct ThreadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Number of threads that the network uses; results do not depend on it, and reading and writing go on beside it, so there is no --jobs. Default: all processors that the process was given.",
            valueName: "number"))
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("'--threads \(threads)': give a number from 1 to 1024")
        }
    }
}

/// How much memory is used.
struct MemoryOptions: ParsableArguments {
    @Option(
        name: .customLong("memory"),
        help: ArgumentHelp(
            "Memory that the program may take, e.g. 2G: fewer patients are in work at once, and one that cannot fit fails with a message. Default: what the machine has.",
            valueName: "size"))
    var text: String?

    /// In bytes; nil for what the machine has.
    var limit: Int? { text.flatMap(MemoryLimit.bytes) }

    func validate() throws {
        if let text, limit == nil {
            throw ValidationError("'--memory \(text)': give a size such as 2G or 1500M (K, M, G, T: powers of 1000)")
        }
    }
}
