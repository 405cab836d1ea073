import Metrics

/// How far an imputed contrast can be trusted, in one sentence, from its scores or, without a truth, its self-check.
struct Assessment: Equatable {
    enum Level: String {
        case good
        case care
        case bad
        case plain
    }

    var level: Level
    /// A few words for the chip.
    var label: String
    /// One or two sentences.
    var text: String

    init(_ contrast: NamedContrast) {
        if let network = contrast.rows.first, let nmse = network.scores[.nmse] {
            self = Assessment.compared(contrast, nmse: nmse, ssim: network.scores[.ssim])
        } else {
            self = Assessment.checked(contrast)
        }
        let unusual = contrast.checked(as: .unusual)
        if !contrast.rows.isEmpty, !unusual.isEmpty {
            text += " The self-check is unusual for \(HTML.enumeration(unusual))."
            if level == .good { level = .care }
        }
        if level == .good, !contrast.record.warnings.isEmpty {
            (level, label) = (.care, label + ", but read the warning")
        }
    }

    private init(_ level: Level, _ label: String, _ text: String) {
        (self.level, self.label, self.text) = (level, label, text)
    }

    private static func compared(_ contrast: NamedContrast, nmse: Double, ssim: Double?) -> Assessment {
        let own =
            "NMSE \(Metric.nmse.text(nmse)), SSIM \(Metric.ssim.text(ssim)) against the acquired \(contrast.name)"
        let baselines = contrast.rows.filter { $0.method != .network && $0.scores[.nmse]?.isFinite == true }
        guard let best = baselines.min(by: { ($0.scores[.nmse] ?? 0) < ($1.scores[.nmse] ?? 0) }),
            let rival = best.scores[.nmse]
        else { return Assessment(.plain, "Scored", own + ". No baseline was computed.") }
        let theirs = "\(best.title.lowercasedFirst), NMSE \(Metric.nmse.text(rival))"
        guard nmse < rival else {
            let level: Level = best.method == .regression ? .care : .bad
            return Assessment(
                level, "A baseline is closer",
                "\(own). The best baseline does better: \(theirs). Here the network's image has no advantage over it.")
        }
        let gain = ReportNumber.fixed(100 * (1 - nmse / rival), 0)
        return Assessment(
            .good, "Better than every baseline", "\(own): \(gain) % less error than the best baseline (\(theirs)).")
    }

    private static func checked(_ contrast: NamedContrast) -> Assessment {
        let start = "No acquired \(contrast.name) to compare with."
        guard !contrast.selfCheck.isEmpty else {
            return Assessment(
                .plain, "Not checked", "\(start) The self-check was not run: nothing here says how good it is.")
        }
        let unusual = contrast.checked(as: .unusual)
        let raised = contrast.checked(as: .raised)
        if !unusual.isEmpty {
            return Assessment(
                .bad, "Self-check unusual",
                "\(start) The self-check failed for \(HTML.enumeration(unusual)): do not rely on this image; look for a bad "
                    + "input or a patient unlike those the model was trained on.")
        }
        if !raised.isEmpty {
            return Assessment(
                .care, "Self-check raised",
                "\(start) The self-check is worse than usual for \(HTML.enumeration(raised)): look at the inputs and pictures "
                    + "before using this image.")
        }
        if !contrast.checked(as: .noReference).isEmpty {
            return Assessment(
                .plain, "No reference",
                "\(start) The self-check was run, but the model carries no reference for all of it: "
                    + "compare its numbers between patients.")
        }
        return Assessment(
            .good, "Self-check as usual",
            "\(start) The self-check is as good as usual for \(HTML.enumeration(contrast.selfCheck.map(\.contrast))). That makes "
                + "a bad input unlikely; it does not prove the image right.")
    }
}

extension String {
    /// The text with its first letter in lower case, for use inside a sentence.
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
