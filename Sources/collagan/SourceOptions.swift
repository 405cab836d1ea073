import ArgumentParser

/// What a model of one input makes contrasts of.
struct SourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "For a model of one input (stargan, cyclegan, pix2pix): make all of this contrast. Default: for each patient the first of the model's list that is there, the best on its training patients.",
            valueName: "contrast"))
    var from: String?
}
