/// What names of folders say about their place in an archive.
enum FolderNames {
    private static let containers: Set<String> = [
        "anat", "nifti", "nii", "niftis", "mri", "mr", "images", "image", "img", "scans", "volumes",
    ]
    private static let sessionWords: Set<String> = [
        "ses", "session", "visit", "timepoint", "tp", "scan", "study", "exam", "baseline", "followup", "month", "week",
        "year", "day", "preop", "postop", "pre", "post", "fu", "bl", "m", "v",
    ]

    /// Whether a folder's name says only that images are in it, so that the patient is the folder above.
    static func isContainer(_ name: String) -> Bool { containers.contains(name.lowercased()) }

    /// Whether a folder's name tells one visit of a patient: words as `ses-1`, `baseline`, `follow-up 2`, or a date.
    static func isSession(_ name: String) -> Bool {
        let words = name.lowercased().replacing("follow-up", with: "followup").replacing("follow_up", with: "followup")
            .split { !$0.isLetter && !$0.isNumber }
        guard let first = words.first else { return false }
        let digits = words.joined().filter(\.isNumber)
        if words.allSatisfy({ $0.allSatisfy(\.isNumber) }) {
            return digits.count == 8 && (digits.hasPrefix("19") || digits.hasPrefix("20"))
        }
        let word = first.prefix { $0.isLetter }
        let rest = first.dropFirst(word.count) + words.dropFirst().joined()
        return sessionWords.contains(String(word)) && (rest.allSatisfy(\.isNumber) || String(word) == "ses")
    }
}
