import Metrics

/// What a user of the network is to compare it with (method.md §6).
package struct BaselineRecord: Codable, Sendable, Equatable {
    package var zeroFill: Scores
    /// Scores of every available contrast taken for the missing one.
    package var copies: [String: Scores]
    /// Name of the best of them.
    package var bestCopy: String?
    /// nil if the model holds no regression for exactly these inputs.
    package var regression: Scores?
    /// Why there is no regression.
    package var regressionNote: String?

    package init(
        zeroFill: Scores, copies: [String: Scores], bestCopy: String?, regression: Scores?,
        regressionNote: String? = nil
    ) {
        (self.zeroFill, self.copies, self.bestCopy) = (zeroFill, copies, bestCopy)
        (self.regression, self.regressionNote) = (regression, regressionNote)
    }
}

/// One synthesised contrast of a patient.
package struct ContrastRecord: Codable, Sendable, Equatable {
    /// Path of the image relative to the folder of results.
    package var file: String
    /// Names of the contrasts it was made from.
    package var inputs: [String]
    /// Voxel value ÷ this = normalised intensity.
    package var intensityScale: Float
    /// Voxel value ÷ this = intensity as it was scored; nil where there is no truth.
    package var metricScale: Float?
    /// Against the truth; nil where there is none.
    package var scores: Scores?
    /// As challenges score the image; nil where there is no truth or no lesion mask.
    package var challenge: ChallengeScores?
    package var baselines: BaselineRecord?
    /// By available contrast.
    package var selfCheck: [String: SelfCheckRecord]
    /// What every subset of the inputs gives, the small ones first, all of them last; nil where subsets were left out.
    package var subsets: [SubsetRecord]?
    /// What each input adds; nil where subsets were left out, empty where there is only one input.
    package var importance: [String: ImportanceRecord]?
    package var warnings: [ResultWarning]

    package init(
        file: String, inputs: [String], intensityScale: Float, metricScale: Float? = nil, scores: Scores? = nil,
        baselines: BaselineRecord? = nil, selfCheck: [String: SelfCheckRecord] = [:], warnings: [ResultWarning] = []
    ) {
        self.file = file
        self.inputs = inputs
        self.intensityScale = intensityScale
        self.metricScale = metricScale
        self.scores = scores
        self.baselines = baselines
        self.selfCheck = selfCheck
        self.warnings = warnings
    }
}
