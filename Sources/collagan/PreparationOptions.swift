import ArgumentParser
import Files
import Foundation
import Patients
import Preparation

/// How raw images are prepared.
struct PreparationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The contrast on whose grid all shall lie. Default: the one with the smallest largest voxel side.",
            valueName: "contrast"))
    var reference: String?

    @Option(
        help: ArgumentHelp(
            """
            A program that finds the brain where no mask is there and the skull is on, with {in} for the image and {out} for the mask \
            or the brain, e.g. 'mri_synthstrip -i {in} -m {out}'. Default: the network that comes with this program.
            """,
            valueName: "command"))
    var brainCommand: String?

    /// - Parameter contrasts: that are looked for.
    /// - Throws: `CollaGANError.Code.badConfiguration`.
    func settings(
        _ patterns: [FilePattern], contrasts: [String]? = nil
    ) throws(CollaGANError) -> PreparationSettings {
        let path = ProcessInfo.processInfo.environment["PATH"]
        var command: BrainCommand?
        if let brainCommand { command = try BrainCommand(brainCommand, searchPath: path) }
        let network = try BrainNetwork()
        guard let contrasts else {
            return try PreparationSettings(
                reference: reference, patterns: patterns, brainCommand: command, network: network)
        }
        return try PreparationSettings(
            contrasts: contrasts, reference: reference, patterns: patterns, brainCommand: command, network: network)
    }
}
