import Files
import Foundation

/// The JSON that BIDS and dcm2niix put beside an image, as far as it tells the contrast. Whatever is odd in it counts
/// as not there.
struct ImageSidecar {
    /// Seconds.
    let echoTime: Double?
    let repetitionTime: Double?
    /// Seconds; nil where there was no inversion.
    let inversionTime: Double?
    /// Contrast agent, as it is called.
    let agent: String?
    let seriesDescription: String?
    /// The file.
    let path: String

    /// Bytes beyond which a file is no sidecar.
    private static let largest = 1 << 20
    /// Characters of a text that are looked at.
    private static let longestText = 200

    /// - Returns: nil where the image has none.
    init?(of image: String) {
        path = "\(ImageName.stem(image)).json"
        guard let object = JSONFile.object(path, upTo: Self.largest) else { return nil }
        // In milliseconds no echo is shorter than 1, no inversion than 20, no repetition than 100.
        echoTime = Self.seconds(object["EchoTime"], below: 1)
        inversionTime = Self.seconds(object["InversionTime"], below: 20)
        repetitionTime = Self.seconds(object["RepetitionTime"], below: 100)
        agent = ["ContrastBolusIngredient", "ContrastBolusAgent"].lazy.compactMap { Self.agent(object[$0]) }.first
        seriesDescription = Self.text(object["SeriesDescription"])
    }

    /// A time above 0; numbers that can be no seconds are milliseconds.
    private static func seconds(_ value: Any?, below limit: Double) -> Double? {
        guard let number = (value as? NSNumber)?.doubleValue, number.isFinite, number > 0 else { return nil }
        let seconds = number < limit ? number : number / 1000
        return seconds < limit ? seconds : nil
    }

    private static func text(_ value: Any?) -> String? {
        guard let text = value as? String else { return nil }
        let short = text.prefix(longestText).trimmingCharacters(in: .whitespacesAndNewlines)
        return short.isEmpty ? nil : short
    }

    private static let noAgent: Set<String> = [
        "none", "no", "n", "0", "-", "null", "nil", "n/a", "na", "false", "unknown",
    ]

    private static func agent(_ value: Any?) -> String? {
        text(value).flatMap { noAgent.contains($0.lowercased()) ? nil : $0 }
    }
}
