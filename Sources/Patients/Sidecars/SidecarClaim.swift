import Foundation

/// The contrast that a sidecar speaks of, with what it rests on.
struct SidecarClaim {
    /// T1, T1Gd, T2 or FLAIR, or what the sequence is called that is none of them.
    let contrast: String
    /// "InversionTime 2.5 s, EchoTime 0.12 s"
    let evidence: String
    /// The sidecar.
    let path: String

    /// - Returns: nil where there is no sidecar or it does not tell.
    init?(of image: String) {
        guard let sidecar = ImageSidecar(of: image) else { return nil }
        self.init(sidecar, named: nil)
    }

    /// The claim of an image's sidecar against its name's.
    /// - Parameter name: T1, T1Gd, T2, FLAIR.
    /// - Returns: nil where the two agree.
    init?(of image: String, against name: String) {
        guard let sidecar = ImageSidecar(of: image) else { return nil }
        self.init(sidecar, named: name)
    }

    private init?(_ sidecar: ImageSidecar, named name: String?) {
        path = sidecar.path
        let physics = SidecarPhysics(sidecar)
        let weighting = physics.contrast
        let described = Self.described(sidecar)
        let base = name == "T1Gd" ? "T1" : name
        if let weighting, weighting != base {
            guard weighting != "T2" || name != "FLAIR" || !physics.mayLackInversion else { return nil }
            let agent = weighting == "T1" ? sidecar.agent : nil
            contrast = agent == nil ? weighting : "T1Gd"
            evidence = physics.evidence + (agent.map { ", contrast agent '\($0)'" } ?? "")
            return
        }
        if name == "T1", let agent = sidecar.agent {
            (contrast, evidence) = ("T1Gd", "contrast agent '\(agent)'")
            return
        }
        guard let described, described.contrast != name, !Self.agrees(described, name, weighting) else { return nil }
        (contrast, evidence) = (described.contrast, "SeriesDescription '\(sidecar.seriesDescription ?? "")'")
    }

    /// What the description of the series says, by the words for file names.
    private static func described(_ sidecar: ImageSidecar) -> (contrast: String, isPlain: Bool)? {
        switch sidecar.seriesDescription.map({ DescribedContrast($0) }) {
        case .contrast(let contrast, let isPlain): (contrast, isPlain)
        case .other(_): ("another sequence", false)
        default: nil
        }
    }

    /// A description need not mention the agent, and times that say FLAIR or T2 weigh more than its words for them.
    private static func agrees(
        _ described: (contrast: String, isPlain: Bool), _ name: String?, _ weighting: String?
    ) -> Bool {
        if name == "T1Gd", described.contrast == "T1" { return !described.isPlain }
        return weighting != nil && weighting == name && name != "T1"
    }
}

/// What the times of a sequence make of it.
struct SidecarPhysics {
    private let sidecar: ImageSidecar

    init(_ sidecar: ImageSidecar) { self.sidecar = sidecar }

    /// T1, T2 or FLAIR; nil where the times do not tell.
    var contrast: String? {
        guard let echo = sidecar.echoTime, let repetition = sidecar.repetitionTime else { return nil }
        if let inversion = sidecar.inversionTime {
            if (1.5...3.2).contains(inversion) { return echo >= 0.07 && repetition >= 4 ? "FLAIR" : nil }
            return echo < 0.035 && (0.4...1.4).contains(inversion) ? "T1" : nil
        }
        if echo >= 0.06, repetition >= 2 { return "T2" }
        return echo < 0.035 && repetition < 1.2 ? "T1" : nil
    }

    /// Whether the inversion of a FLAIR may only not have been written down.
    var mayLackInversion: Bool { (sidecar.repetitionTime ?? 0) >= 7.5 }

    var evidence: String {
        let times = [
            ("InversionTime", sidecar.inversionTime), ("EchoTime", sidecar.echoTime),
            ("RepetitionTime", sidecar.repetitionTime),
        ]
        return times.compactMap { name, time in
            time.map { "\(name) \(String(format: "%.4g", $0)) s" }
        }.joined(separator: ", ")
    }
}
