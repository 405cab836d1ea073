/// What the times and the kind of a sequence make of its images.
///
/// At 1.5 and 3 T: a long inversion time suppresses fluid, a medium one weighs by T1, a short one suppresses fat; a long
/// echo time weighs by T2, short echo and repetition times by T1 (Bernstein, King & Zhou, Handbook of MRI Pulse
/// Sequences, 2004, chapter 14). Limits hold those of protocols in use with room on both sides.
enum SeriesPhysics: Equatable {
    /// T1, T2, FLAIR; with the numbers it rests on.
    case contrast(String, String)
    /// T2 whose header may leave out the inversion of a FLAIR.
    case t2OrFLAIR(String)
    /// None of these; half a sentence.
    case other(String)
    /// The header does not tell.
    case unknown

    init(_ slice: SliceHeader) {
        if slice.sequence.contains("EP") {
            self = .other("it is echo-planar")
        } else if let echo = slice.echoTime, let repetition = slice.repetitionTime {
            self = Self.judge(slice, echo, repetition)
        } else {
            self = .unknown
        }
    }

    private static func judge(_ slice: SliceHeader, _ echo: Double, _ repetition: Double) -> SeriesPhysics {
        let times = "TR \(text(repetition)) ms, TE \(text(echo)) ms"
        if let inversion = slice.inversionTime {
            let all = "\(times), TI \(text(inversion)) ms"
            if inversion < 300 { return .other("its inversion suppresses fat (\(all))") }
            if inversion < 1500 { return echo < 60 ? .contrast("T1", all) : .other("its times are unusual (\(all))") }
            return echo >= 60 && repetition >= 3500
                ? .contrast("FLAIR", all) : .other("its times are unusual (\(all))")
        }
        if slice.sequence.contains("IR") {
            if echo >= 60, repetition >= 5000 { return .contrast("FLAIR", "inversion, \(times)") }
            return echo < 40 ? .contrast("T1", "inversion, \(times)") : .unknown
        }
        if slice.sequence.contains("GR"), !slice.sequence.contains("SE") {
            if slice.variant.contains("SS"), !slice.variant.contains("SP") {
                return .other("it is a gradient echo in steady state")
            }
            let isT1 = echo < 12 && (repetition < 60 || (slice.flipAngle ?? 90) >= 40)
            return isT1
                ? .contrast("T1", "gradient echo, \(times)") : .other("it is a gradient echo that is no T1 (\(times))")
        }
        if echo < 40, repetition < 1500 { return .contrast("T1", times) }
        if echo >= 60, repetition >= 1800 { return repetition >= 4500 ? .t2OrFLAIR(times) : .contrast("T2", times) }
        return .other("its times are neither T1's nor T2's (\(times))")
    }

    private static func text(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() && abs(tenths) < 1e9 ? "\(Int(tenths))" : "\(tenths)"
    }
}
