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

    @OptionGroup var first: PrepareFirstOptions
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
            let contrasts = model.description.contrasts
            var first = first
            first.adopt(definition.preprocess)
            guard
                let prepared = try first.prepared(
                    for: settings, contrasts: contrasts, isPlan: plan.plan, talk, console)
            else { return }
            let runner = try Runner(prepared.settings.namingTargets(contrasts), model: model, console: console)
            if plan.plan { return try PlanOptions.print(runner.plan(), talk) }
            let result = try runner.run(writesPreprocessed: definition.outputs.preprocessed == true)
            try conclude(
                result.manifest, after: [prepared.manifest, result.preprocessed], scores: result.scores,
                subsets: result.subsets, talk)
        }
    }
}
