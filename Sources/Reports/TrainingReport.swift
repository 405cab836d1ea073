import Foundation
import Metrics

/// Everything the page about a training shows, as plain data; `html()` lays it out.
package struct TrainingReport: Sendable {
    /// How the training stands.
    package enum State: String, Sendable {
        case running, finished, interrupted, diverged, failed
    }

    /// A value after some steps.
    package struct Point: Sendable {
        package var step: Int
        /// Not a number where there is none.
        package var value: Double

        package init(step: Int, value: Double) {
            (self.step, self.value) = (step, value)
        }
    }

    /// A quantity over the steps.
    package struct Curve: Sendable {
        package var title: String
        package var points: [Point]

        package init(title: String, points: [Point]) {
            (self.title, self.points) = (title, points)
        }
    }

    /// A contrast as the validation patients show it.
    package struct Contrast: Sendable {
        /// Name of the contrast.
        package var name: String
        /// After each validation.
        package var validations: [(step: Int, scores: ScoreTable)]
        /// Regression, copy and zero fill.
        package var baselines: [ScoreRow]
        /// Number of validation patients that have it.
        package var patients: Int
        /// Title and PNG of each picture; superior slices on top.
        package var pictures: [(title: String, png: Data)]

        package init(
            name: String, validations: [(step: Int, scores: ScoreTable)], baselines: [ScoreRow], patients: Int,
            pictures: [(title: String, png: Data)]
        ) {
            (self.name, self.validations, self.baselines) = (name, validations, baselines)
            (self.patients, self.pictures) = (patients, pictures)
        }

        /// Of one baseline; nil where there is none.
        func scores(of method: ScoreRow.Method) -> ScoreTable? { baselines.first { $0.method == method }?.scores }
    }

    /// Name of the model.
    package var model: String
    package var software: String
    package var state: State
    /// How far it is, in one sentence.
    package var summary: String
    /// Updates there will be in all.
    package var steps: Int
    /// Step of the best validation.
    package var bestStep: Int?
    package var losses: [Curve]
    /// Where another phase begins.
    package var phases: [(step: Int, title: String)]
    /// Empty without validation patients.
    package var contrasts: [Contrast]
    /// Whom the pictures show.
    package var pictured: String
    package var training: [String]
    package var validation: [String]
    /// Patients that are not read.
    package var test: [String]
    /// Patients that cannot be used, with the reason.
    package var failed: [String: String]
    /// Machine, time and so on, in order.
    package var facts: [(name: String, value: String)]
    /// As YAML.
    package var configuration: String
    /// What to do next, one sentence each.
    package var next: [String]

    package init(
        model: String, software: String, state: State, summary: String, steps: Int, bestStep: Int?, losses: [Curve],
        phases: [(step: Int, title: String)], contrasts: [Contrast], pictured: String, training: [String],
        validation: [String], test: [String], failed: [String: String], facts: [(name: String, value: String)],
        configuration: String,
        next: [String]
    ) {
        self.model = model
        self.software = software
        self.state = state
        self.summary = summary
        self.steps = steps
        self.bestStep = bestStep
        self.losses = losses
        self.phases = phases
        self.contrasts = contrasts
        self.pictured = pictured
        self.training = training
        self.validation = validation
        self.test = test
        self.failed = failed
        self.facts = facts
        self.configuration = configuration
        self.next = next
    }
}
