import Patients

/// What one series is, by itself.
enum SeriesJudgement: Equatable {
    /// T1, T1Gd, T2, FLAIR, with what it rests on.
    case contrast(String, because: String)
    /// None of these, or no volume; a clause.
    case out(String)
    /// Two things are said of it; a clause.
    case contradiction(String)

    private static let fewestSlices = 8
    private static let classicMR = "1.2.840.10008.5.1.4.1.1.4"
    private static let noPlainImage: Set<String> = [
        "ADC", "TRACEW", "FA", "EADC", "DIFFUSION", "PERFUSION", "PROJECTION IMAGE", "MIP", "MINIP", "MNIP",
        "P", "PHASE", "PHASE MAP", "SUBTRACTION", "SUB", "MOSAIC", "CSA MPR", "T1 MAP", "T2 MAP", "SCREEN SAVE",
    ]

    init(_ series: DICOMSeries) {
        let slice = series.first
        if let reason = Self.obstacle(series, slice) {
            self = .out(reason)
            return
        }
        let (words, physics) = (DescribedContrast(slice.description), SeriesPhysics(slice))
        switch words {
        // Not outweighed by the times.
        case .other(let reason), .made(let reason):
            self = .out("its description: \(reason)")
            return
        default: break
        }
        switch physics {
        case .other(let reason): self = .out(reason)
        case .unknown: self = Self.named(words, slice, otherwise: "neither its times nor its description tell")
        case .t2OrFLAIR(let times):
            if case .contrast("FLAIR", _) = words {
                self = .contrast("FLAIR", because: "its description; \(times)")
            } else {
                self = Self.weighed("T2", times, words, slice)
            }
        case .contrast(let contrast, let times): self = Self.weighed(contrast, times, words, slice)
        }
    }

    private static func obstacle(_ series: DICOMSeries, _ slice: SliceHeader) -> String? {
        guard slice.modality == "MR" else {
            return slice.modality.isEmpty ? "its header does not say that it is MR" : "it is \(slice.modality), not MR"
        }
        guard slice.objectClass == classicMR || slice.objectClass.isEmpty, series.slices.allSatisfy({ $0.frames == 1 })
        else {
            return "it is an enhanced or multi-frame object; export it as classic MR images"
        }
        if slice.imageType.contains("LOCALIZER") { return "it is a localizer" }
        guard series.slices.count >= fewestSlices else {
            return "it has \(series.slices.count) slices, fewer than \(fewestSlices)"
        }
        if let type = slice.imageType.first(where: noPlainImage.contains) {
            return "its image type is \(type): no plain image"
        }
        return nil
    }

    /// What the times say, against what the words say.
    private static func weighed(
        _ contrast: String, _ times: String, _ words: DescribedContrast, _ slice: SliceHeader
    ) -> SeriesJudgement {
        guard case .contrast(let named, _) = words else { return finished(contrast, times, words, slice) }
        let base = named == "T1Gd" ? "T1" : named
        guard base == contrast else {
            return .contradiction("its description says \(named), its times say \(contrast) (\(times))")
        }
        return finished(contrast, "its description; \(times)", words, slice)
    }

    private static func named(
        _ words: DescribedContrast, _ slice: SliceHeader, otherwise: String
    ) -> SeriesJudgement {
        switch words {
        case .contrast(let named, _): finished(named == "T1Gd" ? "T1" : named, "its description", words, slice)
        case .conflict(let reason): .contradiction("its description: \(reason)")
        default: .out(otherwise)
        }
    }

    /// T1 is T1Gd where an agent was given.
    private static func finished(
        _ contrast: String, _ evidence: String, _ words: DescribedContrast, _ slice: SliceHeader
    ) -> SeriesJudgement {
        guard contrast == "T1" else { return .contrast(contrast, because: evidence) }
        let hasAgent = !slice.agent.isEmpty
        switch words {
        case .contrast("T1Gd", _): return .contrast("T1Gd", because: evidence)
        case .contrast("T1", isPlain: true) where hasAgent:
            return .contradiction("its description says that no contrast agent was given, its header names one")
        default:
            return hasAgent
                ? .contrast("T1Gd", because: "\(evidence), contrast agent in the header")
                : .contrast("T1", because: evidence)
        }
    }
}
