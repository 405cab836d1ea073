import ArgumentParser
import Pipeline

/// The model and the threads it runs on.
struct EngineOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Weight file. Default: $COLLAGAN_MODEL, else the shipped model.", valueName: "file"))
    var model: String?

    @OptionGroup var threads: ThreadOptions

    /// Loads the model.
    func modelFile() throws(PipelineError) -> ModelFile {
        Engine.use(threads: threads.threads)
        if let model { return try ModelFile(path: model) }
        return try ModelFile(path: ModelFile.shippedPath())
    }
}

/// How many threads are used.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Number of threads; results do not depend on it. Default: all processors.")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("'--threads \(threads)': give a number from 1 to 1024")
        }
    }
}
