import Foundation

/// Everything the page about a training shows, as plain data; `html()` lays it out.
public struct TrainingReport: Sendable {
    /// How the training stands.
    public enum State: String, Sendable {
        case running, finished, interrupted, diverged, failed
    }

    /// A value after some steps.
    public struct Point: Sendable {
        public var step: Int
        /// Not a number where there is none.
        public var value: Double

        public init(step: Int, value: Double) {
            (self.step, self.value) = (step, value)
        }
    }

    /// A quantity over the steps.
    public struct Curve: Sendable {
        public var title: String
        public var points: [Point]

        public init(title: String, points: [Point]) {
            (self.title, self.points) = (title, points)
        }
    }

    /// A contrast as the validation patients show it.
    public struct Contrast: Sendable {
        /// Name of the contrast.
        public var name: String
        /// After each validation.
        public var nmse: [Point]
        public var ssim: [Point]
        public var psnr: [Point]
        /// Regression, copy and zero fill.
        public var baselines: [ScoreRow]
        /// Number of validation patients that have it.
        public var patients: Int
        /// Title and PNG of each picture; superior slices on top.
        public var pictures: [(title: String, png: Data)]

        public init(
            name: String, nmse: [Point], ssim: [Point], psnr: [Point], baselines: [ScoreRow], patients: Int,
            pictures: [(title: String, png: Data)]
        ) {
            (self.name, self.nmse, self.ssim, self.psnr) = (name, nmse, ssim, psnr)
            (self.baselines, self.patients, self.pictures) = (baselines, patients, pictures)
        }
    }

    /// Name of the model.
    public var model: String
    public var software: String
    public var state: State
    /// How far it is, in one sentence.
    public var summary: String
    /// Updates there will be in all.
    public var steps: Int
    /// Step of the best validation.
    public var bestStep: Int?
    public var losses: [Curve]
    /// Where another phase begins.
    public var phases: [(step: Int, title: String)]
    /// Empty without validation patients.
    public var contrasts: [Contrast]
    /// Whom the pictures show.
    public var pictured: String
    public var training: [String]
    public var validation: [String]
    /// Patients that are not read.
    public var test: [String]
    /// Patients that cannot be used, with the reason.
    public var failed: [String: String]
    /// Machine, time and so on, in order.
    public var facts: [Provenance.Setting]
    /// As YAML.
    public var configuration: String
    /// What to do next, one sentence each.
    public var next: [String]

    public init(
        model: String, software: String, state: State, summary: String, steps: Int, bestStep: Int?, losses: [Curve],
        phases: [(step: Int, title: String)], contrasts: [Contrast], pictured: String, training: [String],
        validation: [String], test: [String], failed: [String: String], facts: [Provenance.Setting],
        configuration: String,
        next: [String]
    ) {
        (self.model, self.software, self.state, self.summary) = (model, software, state, summary)
        (self.steps, self.bestStep, self.losses, self.phases) = (steps, bestStep, losses, phases)
        (self.contrasts, self.pictured, self.training) = (contrasts, pictured, training)
        (self.validation, self.test, self.failed, self.facts) = (validation, test, failed, facts)
        (self.configuration, self.next) = (configuration, next)
    }
}
