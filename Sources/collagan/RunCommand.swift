import ArgumentParser
import Pipeline

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the whole pipeline that a YAML file describes (docs/reference/pipeline-file.md).")

    @Argument(help: ArgumentHelp("Pipeline definition.", valueName: "file.yaml"))
    var file: String

    @Flag(help: "Make results again that are complete.")
    var overwrite = false

    @OptionGroup var plan: PlanOptions
    @OptionGroup var part: PartOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var memory: MemoryOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
        try startOrRefuse(talk) { console in
            let definition = try PipelineDefinition.load(file)
            var settings = definition.settings
            settings.overwrites = settings.overwrites || overwrite
            settings.memory = memory.limit ?? settings.memory
            try part.apply(to: &settings)
            let model = try ModelFile(path: definition.model?.file ?? ModelFile.shippedPath())
                .using(source: definition.imputation?.from)
            try ProcessSettings.use(threads: threads.threads ?? definition.threads)
            settings = settings.namingTargets(model.description.contrasts)
            let runner = try Runner(settings, model: model, console: console)
            if plan.plan { return try PlanOptions.print(runner.plan(), talk) }
            let result = try runner.run(writesPreprocessed: definition.outputs.preprocessed == true)
            try conclude(
                result.manifest, preprocessed: result.preprocessed, scores: result.scores, subsets: result.subsets, talk
            )
        }
    }
}
