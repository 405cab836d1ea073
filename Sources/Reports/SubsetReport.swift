/// Everything the page about the subsets of the inputs shows, as plain data; `html()` lays it out.
public struct SubsetReport: Sendable, Codable {
    /// Whom the page is about, e.g. "patient26" or "12 patients".
    public var subject: String
    /// All contrasts, in the model's order.
    public var contrasts: [String]
    /// One entry per synthesised contrast, in the model's order.
    public var targets: [SubsetTarget]
    /// How many patients the numbers are means of.
    public var patients: Int
    /// With what the images were made.
    public var provenance: Provenance

    /// A page about subsets.
    public init(
        subject: String, contrasts: [String], targets: [SubsetTarget], patients: Int, provenance: Provenance
    ) {
        (self.subject, self.contrasts, self.targets) = (subject, contrasts, targets)
        (self.patients, self.provenance) = (patients, provenance)
    }
}

/// One contrast, synthesised from every subset of the others.
public struct SubsetTarget: Sendable, Codable {
    /// Name of the contrast, e.g. "FLAIR".
    public var name: String
    /// One entry per subset.
    public var rows: [SubsetRow]
    /// One entry per input; empty where there is only one.
    public var gains: [InputGain]

    /// One contrast.
    public init(name: String, rows: [SubsetRow], gains: [InputGain]) {
        (self.name, self.rows, self.gains) = (name, rows, gains)
    }
}

/// What one subset of the inputs gives.
public struct SubsetRow: Sendable, Codable {
    /// Names of the inputs, in the model's order.
    public var inputs: [String]
    /// How many patients the scores are means of.
    public var patients: Int
    /// The network's and the baselines' scores; empty where nothing could be made.
    public var scores: [ScoreRow]
    /// The network's scores from all inputs of the same patients: what "all inputs" means beside this row.
    public var allInputs: ScoreRow?

    /// One subset.
    public init(inputs: [String], patients: Int, scores: [ScoreRow], allInputs: ScoreRow?) {
        (self.inputs, self.patients, self.scores, self.allInputs) = (inputs, patients, scores, allInputs)
    }

    /// The network's scores.
    var network: ScoreRow? { scores.first { $0.method == .network } }
}

/// What an input adds: how much the error falls or the likeness rises, so that more is better.
public struct InputGain: Sendable, Codable {
    /// One region's gains.
    public struct Numbers: Sendable, Codable {
        /// Mean over the sets of other inputs that the input joins.
        public var mean: ScoreNumbers
        /// All inputs against all but this one.
        public var leaveOneOut: ScoreNumbers

        /// One region's gains.
        public init(mean: ScoreNumbers, leaveOneOut: ScoreNumbers) {
            (self.mean, self.leaveOneOut) = (mean, leaveOneOut)
        }
    }

    /// Name of the input.
    public var input: String
    /// Over the whole volume.
    public var whole: Numbers
    /// Inside the lesion mask, where there is one.
    public var lesion: Numbers?

    /// What an input adds.
    public init(input: String, whole: Numbers, lesion: Numbers? = nil) {
        (self.input, self.whole, self.lesion) = (input, whole, lesion)
    }
}
