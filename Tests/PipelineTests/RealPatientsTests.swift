import Patients
import Pipeline
import Testing
import TestSupport

/// The real patients' folders, where they are at hand.
struct RealPatientsTests {
    private static let openms = Fixtures.sharedData("openms")
    private static let longitudinal = Fixtures.sharedData("openms_longitudinal")
    private static let tcga = Fixtures.sharedData("tcga")

    private func patients(_ path: String?) throws -> [Patient] {
        try PatientDiscovery(contrasts: ["T1", "T1Gd", "T2", "FLAIR"]).patients(in: try #require(path))
    }

    @Test(.enabled(if: openms != nil)) func fourContrastsAndLesions() throws {
        let found = try patients(Self.openms)
        #expect(found.map(\.name) == ["patient07", "patient19", "patient26"])
        #expect(found.allSatisfy { $0.missing.isEmpty && $0.lesion != nil && $0.problem == nil })
    }

    @Test(.enabled(if: longitudinal != nil)) func sessionsWithoutT1Gd() throws {
        let found = try patients(Self.longitudinal)
        #expect(found.count == 6)
        #expect(found.allSatisfy { $0.missing == [1] && $0.brainMask != nil && $0.problem == nil })
    }

    @Test(.enabled(if: tcga != nil)) func namesThatRepeatThePatient() throws {
        let found = try patients(Self.tcga)
        #expect(found.map(\.name) == ["TCGA-DU-7294"])
        #expect(found.allSatisfy { $0.missing.isEmpty })
    }
}
