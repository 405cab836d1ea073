import Files

/// One patient's files by role, found by their names and not yet opened.
package struct Patient: Sendable {
    /// Unique within a run; also the name of the patient's folder of results.
    package internal(set) var name: String
    /// The folder that the files lie in.
    package let folder: String
    /// How the patient was found: never `auto`.
    package let layout: Layout
    /// Path per contrast of the model; nil where the patient lacks it.
    package let contrasts: [String?]
    /// Path of the brain mask, if there is one.
    package let brainMask: String?
    /// Path of the lesion segmentation, if there is one.
    package let lesion: String?
    /// Whether the folder holds DICOM files instead of images; of these nothing is known yet.
    package internal(set) var holdsDICOM = false
    /// Subject and session if the patient comes from a BIDS dataset.
    package internal(set) var bids: BIDSName?
    /// Why every volume of the patient was taken for what it was taken.
    package internal(set) var recognitions: [Recognition]
    /// Why the patient cannot be used, known from the names alone (no contrast, two files for one).
    package internal(set) var problem: CollaGANError?
    /// Why the patient cannot be scored in its lesions: two segmentations. What is only imputed does not need them.
    package internal(set) var lesionProblem: CollaGANError?

    /// What is to be told of files beyond `recognitions`: images that were not used, sidecars that contradict names.
    package internal(set) var findings: [Remark] = []

    /// What the user must know of a patient's files before any is opened.
    package struct Remark: Sendable, Equatable {
        package enum Kind: Sendable {
            /// Files were left out that may have been meant.
            case leftOut
            /// A sidecar says another contrast than the name.
            case contradictingSidecar
        }

        package let kind: Kind
        /// One line.
        package let text: String

        init(_ kind: Kind, _ text: String) {
            (self.kind, self.text) = (kind, text.onOneLine)
        }
    }

    /// A subject and, where the dataset has sessions, a session.
    package struct BIDSName: Sendable, Equatable {
        /// "sub-01"
        package let subject: String
        /// "ses-1"
        package let session: String?
    }

    /// Indices of the contrasts that the patient has.
    package var available: [Int] { contrasts.indices.filter { contrasts[$0] != nil } }
    /// Indices of the contrasts that the patient lacks.
    package var missing: [Int] { contrasts.indices.filter { contrasts[$0] == nil } }
    /// Paths of everything that goes into the result, in a fixed order.
    package var inputPaths: [String] { contrasts.compactMap { $0 } + [brainMask, lesion].compactMap { $0 } }
    /// Whether a file's own remark is needed: it may have been meant for a contrast that the patient lacks.
    func isToBeTold(_ file: Recognition) -> Bool {
        file.mayBeMeant && !(file.meant.map { contrasts[$0] != nil } ?? false)
    }

    /// All there is to tell of the patient's files.
    package var remarks: [Remark] {
        recognitions.filter(isToBeTold).map { Remark(.leftOut, "\($0.file) was left out: it \($0.reason)") } + findings
    }

    /// The same, a sentence each.
    package var warnings: [String] { remarks.map(\.text) }
}

/// A patient with what its name may be made of.
struct FoundPatient {
    package var patient: Patient
    /// Names of the folders from below the given one down to the patient; the last one is the patient's own name.
    package var parts: [String]

    /// Whether there is more to say than that there is no contrast.
    var isUsable: Bool { patient.problem?.code != .noPatient }

    /// A patient of which only the folder is known.
    package static func failed(
        _ error: CollaGANError, at folder: String, parts: [String], layout: Layout, contrasts: Int,
        bids: Patient.BIDSName?
    ) -> FoundPatient {
        FoundPatient(
            patient: Patient(
                name: parts.last ?? FilePath.name(folder), folder: folder, layout: layout,
                contrasts: Array(repeating: nil, count: contrasts), brainMask: nil, lesion: nil, bids: bids,
                recognitions: [], problem: error),
            parts: parts)
    }
}

/// A patient's folder of DICOM files.
package struct DICOMPlace: Sendable, Equatable {
    package let path: String
    /// Names of the folders from below the given one down to the patient.
    package let parts: [String]

    package init(_ path: String, parts: [String]) { (self.path, self.parts) = (path, parts) }
}

extension FoundPatient {
    static func dicom(_ place: DICOMPlace, contrasts: Int) -> FoundPatient {
        var patient = Patient(
            name: place.parts.last ?? FilePath.name(place.path), folder: place.path, layout: .plain,
            contrasts: Array(repeating: nil, count: contrasts), brainMask: nil, lesion: nil, recognitions: [])
        patient.holdsDICOM = true
        return FoundPatient(patient: patient, parts: place.parts)
    }
}

extension Patient {
    /// Folder of the BIDS dataset that the patient comes from; nil for other layouts.
    package var datasetFolder: String? {
        guard let bids else { return nil }
        var folder = self.folder
        while FilePath.name(folder) != bids.subject {
            guard folder != "/", folder != "." else { return nil }
            folder = FilePath.folder(folder)
        }
        return FilePath.folder(folder)
    }
}
