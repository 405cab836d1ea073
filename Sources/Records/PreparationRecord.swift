import Files
import Patients

/// `preparation.json`: what `prepare` made of a patient's images and of what (docs/reference/prepared-folder.md).
package struct PreparationRecord: SealedRecord, Sendable {
    package static let file = "preparation.json"

    package var format = 1
    package var software = SoftwareRecord()
    package var patient: String
    package var fingerprint: String
    /// The contrast on whose grid all images lie.
    package var reference: String
    /// Voxels of that grid along its storage axes, and mm between them.
    package var size: [Int]
    package var spacing: [Double]
    /// Files that were read; of a series, its number and the hash of all its files.
    package var inputs: [InputRecord]
    /// By contrast, without the reference.
    package var registration: [String: Registration]
    package var brainMask: Mask
    /// Every series of a folder of DICOM files; nil for other patients.
    package var series: [Series]?
    /// Other programs that took part.
    package var programs: [Program]
    package var warnings: [ResultWarning]
    package var notes: [String]
    /// Every file of the patient, this one last, relative to the folder of results.
    package var files: [String]
    package var sha256: [String: String]
    package var checksum = RecordSeal.blank

    /// How a contrast came onto the reference's grid.
    package struct Registration: Codable, Sendable, Equatable {
        package enum Verdict: String, Codable, Sendable {
            /// Lay on the grid and on the reference already: the voxels are as they were.
            case kept
            case good
            case doubtful
        }

        package var verdict: Verdict
        /// The motion that was undone; of `kept`, the one that registering again would have found.
        package var degrees: Double
        /// Its largest distance in mm at the corners of the head's box.
        package var millimetres: Double
        /// By name, those of docs/explanation/preparation.md; nil where the contrast was kept.
        package var checks: [String: Double]?
        /// What is odd, each as half a sentence.
        package var doubts: [String]

        package init(
            _ verdict: Verdict, degrees: Double, millimetres: Double, checks: [String: Double]? = nil,
            doubts: [String] = []
        ) {
            self.verdict = verdict
            (self.degrees, self.millimetres) = (degrees.rounded(to: 3), millimetres.rounded(to: 3))
            self.checks = checks?.mapValues { $0.rounded(to: 6) }
            self.doubts = doubts
        }
    }

    /// Where the brain mask is from.
    package struct Mask: Codable, Sendable, Equatable {
        package enum Source: String, Codable, Sendable {
            /// The patient's own file.
            case file
            /// Where skull-stripped contrasts show something.
            case stripped
            /// Another program.
            case command
            /// The network that comes with the program.
            case network
        }

        package var source: Source
        /// File name, contrasts or program, for people.
        package var origin: String
        package var millilitres: Double
        /// Of the network: smallest Dice of two contrasts' masks; nil where there is one contrast.
        package var agreement: Double?
        /// Of the network: SHA-256 of its weight file.
        package var weights: String?

        package init(
            _ source: Source, origin: String, millilitres: Double, agreement: Double? = nil, weights: String? = nil
        ) {
            (self.source, self.origin, self.weights) = (source, origin, weights)
            self.millilitres = millilitres.rounded(to: 1)
            self.agreement = agreement?.rounded(to: 4)
        }
    }

    /// One series of the study and what was made of it.
    package struct Series: Codable, Sendable, Equatable {
        /// The scanner's number; nil where the header has none.
        package var number: Int?
        package var files: Int
        /// nil where it was left out.
        package var contrast: String?
        /// A clause.
        package var reason: String

        package init(number: Int?, files: Int, contrast: String?, reason: String) {
            (self.number, self.files, self.contrast, self.reason) = (number, files, contrast, reason)
        }

        package var name: String { number.map { "series \($0)" } ?? "a series without a number" }

        /// "series 8 (24 files): T1Gd: its description"
        package var text: String {
            "\(name) (\(Wording.count(files, "file"))): \(contrast ?? "left out"): \(reason)"
        }
    }

    /// A program that was run.
    package struct Program: Codable, Sendable, Equatable {
        package var name: String
        /// As it calls itself; nil where it was not asked.
        package var version: String?
        package var arguments: [String]

        package init(name: String, version: String?, arguments: [String]) {
            (self.name, self.version, self.arguments) = (name, version, arguments)
        }
    }

    package init(
        patient: String, fingerprint: String, reference: String, size: [Int], spacing: [Double], inputs: [InputRecord],
        registration: [String: Registration], brainMask: Mask, series: [Series]?, programs: [Program],
        warnings: [ResultWarning], notes: [String], files: [String]
    ) {
        (self.patient, self.fingerprint, self.reference) = (patient, fingerprint, reference)
        (self.size, self.spacing) = (size, spacing.map { $0.rounded(to: 6) })
        (self.inputs, self.registration, self.brainMask) = (inputs, registration, brainMask)
        (self.series, self.programs) = (series, programs)
        (self.warnings, self.notes, self.files) = (warnings, notes, files)
        sha256 = [:]
    }
}

extension PreparationRecord: ResultRecord {
    package var allWarnings: [ResultWarning] { warnings }
    package var hasSubsets: Bool { false }
    package var instructionSet: String? { nil }

    package func made(of contrasts: [String]) -> [Int]? { nil }
}

extension Double {
    /// To so many decimals.
    fileprivate func rounded(to decimals: Int) -> Double {
        let factor = (0..<decimals).reduce(1.0) { value, _ in value * 10 }
        let scaled = (self * factor).rounded()
        return scaled == 0 ? 0 : scaled / factor
    }
}
