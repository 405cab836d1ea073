import Files
import Patients
import Pipeline
import Testing

struct RecognitionTests {
    private let standard = ["T1", "T1Gd", "T2", "FLAIR"]

    private func role(
        _ name: String, patient: String? = nil, patterns: [String] = [], channels: Bool = false
    ) throws -> String {
        let recognizer = try ContrastRecognizer(
            contrasts: standard, patterns: patterns.compactMap(FilePattern.init(argument:)),
            prefersChannelNumbers: channels)
        return recognizer.name(of: recognizer.recognise(name, patient: patient).role)
    }

    @Test("names of public data sets and hospitals", arguments: RealNames.table)
    func realNames(_ entry: (name: String, role: String)) throws {
        #expect(try role(entry.name) == entry.role)
        #expect(try role(entry.name.uppercased()) == entry.role)
    }

    @Test("names of data sets and programs", arguments: PublishedNames.table)
    func publishedNames(_ row: PublishedNames.Row) throws {
        for name in [row.name, row.name.uppercased(), row.name.lowercased()] {
            let recognizer = try ContrastRecognizer(contrasts: standard)
            let found = recognizer.recognise(name)
            #expect(row.allows(found, recognizer.name(of: found.role)), "\(name): \(found.role), \(found.reason)")
        }
    }

    @Test func manyNamesAreInTheTable() {
        #expect(PublishedNames.table.count > 300)
        #expect(Set(PublishedNames.table.map(\.name)).count == PublishedNames.table.count)
    }

    @Test func patientNameInFrontOfTheFileNameDoesNotCount() throws {
        #expect(try role("T2_study_07_t1.nii.gz") == "unrecognised")
        #expect(try role("T2_study_07_t1.nii.gz", patient: "T2_study_07") == "T1")
        #expect(try role("T1.nii.gz", patient: "T1") == "T1")
    }

    @Test func patternsTakePrecedence() throws {
        let pattern = ["T2=*_T2w_run-1*"]
        #expect(try role("sub-1_T2w_run-1.nii.gz", patterns: pattern) == "T2")
        #expect(try role("SUB-1_t2W_RUN-1.nii.gz", patterns: pattern) == "T2")
        #expect(try role("sub-1_T2w_run-2.nii.gz", patterns: pattern) == "unrecognised")
        #expect(try role("sub-1_T1w.nii.gz", patterns: pattern) == "T1")
        #expect(try role("scan007.nii", patterns: ["FLAIR=scan007"]) == "FLAIR")
        #expect(try role("x_mask_a.nii", patterns: ["lesion=*_mask_a*"]) == "lesion")
    }

    @Test func patternForAnUnknownImageIsRefused() {
        #expect(throws: CollaGANError.self) {
            try ContrastRecognizer(contrasts: standard, patterns: [FilePattern(role: "PD", glob: "*pd*")])
        }
    }

    @Test(arguments: ["T2", "=x", "T2=", ""])
    func malformedPatternArgument(_ text: String) {
        #expect(FilePattern(argument: text) == nil)
    }

    @Test func otherModelsHaveTheirOwnNames() throws {
        let recognizer = try ContrastRecognizer(contrasts: ["t1n", "PD"])
        #expect(recognizer.recognise("ixi_PD.nii.gz").role == .contrast(1))
        #expect(recognizer.recognise("ixi_T1w.nii.gz").role == .contrast(0))
        #expect(recognizer.recognise("ixi_T1Gd.nii.gz").role == .unrecognised)
    }

    @Test func channelNumbersDecideInNNUNet() throws {
        #expect(try role("FLAIR_case_0001.nii.gz") == "FLAIR")
        #expect(try role("FLAIR_case_0001.nii.gz", channels: true) == "T1Gd")
    }

    @Test func reasonsNameWhatDecided() throws {
        let recognizer = try ContrastRecognizer(contrasts: standard)
        #expect(recognizer.recognise("p_t1ce.nii.gz").reason.contains("t1ce"))
        #expect(recognizer.recognise("p_t1_t2.nii.gz").reason.contains("--pattern"))
    }
}
