/// Everything the page about the subsets of the inputs shows, as plain data; `html()` lays it out.
package struct SubsetReport: Sendable, Codable {
    /// Whom the page is about, e.g. "patient26" or "12 patients".
    package var subject: String
    /// All contrasts, in the model's order.
    package var contrasts: [String]
    /// One entry per synthesised contrast, in the model's order.
    package var targets: [SubsetTarget]
    /// How many patients the numbers are means of.
    package var patients: Int
    /// With what the images were made.
    package var provenance: Provenance

    /// A page about subsets.
    package init(
        subject: String, contrasts: [String], targets: [SubsetTarget], patients: Int, provenance: Provenance
    ) {
        (self.subject, self.contrasts, self.targets) = (subject, contrasts, targets)
        (self.patients, self.provenance) = (patients, provenance)
    }
}

/// One contrast, synthesised from every subset of the others.
package struct SubsetTarget: Sendable, Codable {
    /// Name of the contrast, e.g. "FLAIR".
    package var name: String
    /// One entry per subset.
    package var rows: [SubsetRow]
    /// One entry per input; empty where there is only one.
    package var gains: [InputGain]

    /// One contrast.
    package init(name: String, rows: [SubsetRow], gains: [InputGain]) {
        (self.name, self.rows, self.gains) = (name, rows, gains)
    }
}

/// What one subset of the inputs gives.
package struct SubsetRow: Sendable, Codable {
    /// Names of the inputs, in the model's order.
    package var inputs: [String]
    /// How many patients the scores are means of.
    package var patients: Int
    /// The network's and the baselines' scores; empty where nothing could be made.
    package var scores: [ScoreRow]
    /// The network's scores from all inputs of the same patients: what "all inputs" means beside this row.
    package var allInputs: ScoreRow?

    /// One subset.
    package init(inputs: [String], patients: Int, scores: [ScoreRow], allInputs: ScoreRow?) {
        (self.inputs, self.patients, self.scores, self.allInputs) = (inputs, patients, scores, allInputs)
    }

    /// The network's scores.
    var network: ScoreRow? { scores.first { $0.method == .network } }
}

/// What an input adds: how much the error falls or the likeness rises, so that more is better.
package struct InputGain: Sendable, Codable {
    /// One region's gains.
    package struct Numbers: Sendable, Codable {
        /// Mean over the sets of other inputs that the input joins.
        package var mean: ScoreNumbers
        /// All inputs against all but this one.
        package var leaveOneOut: ScoreNumbers

        /// One region's gains.
        package init(mean: ScoreNumbers, leaveOneOut: ScoreNumbers) {
            (self.mean, self.leaveOneOut) = (mean, leaveOneOut)
        }
    }

    /// Name of the input.
    package var input: String
    /// Over the whole volume.
    package var whole: Numbers
    /// Inside the lesion mask, where there is one.
    package var lesion: Numbers?

    /// What an input adds.
    package init(input: String, whole: Numbers, lesion: Numbers? = nil) {
        (self.input, self.whole, self.lesion) = (input, whole, lesion)
    }
}
