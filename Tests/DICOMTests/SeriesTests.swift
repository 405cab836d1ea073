import TestSupport
import Testing
import Volumes

import DICOM

/// Which series is which, from headers as they occur.
struct SeriesTests {
    private typealias Series = DICOMStudy.Series
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let grid = SyntheticVolumes.grid([8, 8, 10], spacing: [2, 2, 4], origin: [3, -5, 7])

    private static func made(_ number: Int, _ description: String, _ change: (inout Series) -> Void) -> Series {
        var series = Series(number, description)
        change(&series)
        return series
    }

    private func choice(_ all: [Series], decided: [String: Int] = [:]) throws -> SeriesChoice {
        let study = try DICOMStudy(scratch.path)
        let volume = SyntheticVolumes.volume(Self.grid) { i, j, k in Float(i + j + k) }
        for series in all { try study.write(series, volume) }
        return SeriesChoice(try DICOMFolder(scratch.path).series, decided: decided)
    }

    /// Description, sequence, TR, TE, TI, flip angle; what it has to be taken for.
    struct Header: Sendable, CustomTestStringConvertible {
        let description: String
        let sequence: String
        let times: [Double]
        let contrast: String?

        init(_ description: String, _ sequence: String, _ times: [Double], _ contrast: String?) {
            (self.description, self.sequence, self.times, self.contrast) = (description, sequence, times, contrast)
        }

        var testDescription: String { description }
    }

    /// Names and times as vendors' protocols have them.
    static let headers = [
        Header("t2_spc_da-fl_sag_p2_iso_1.0", "SE\\IR", [5000, 397, 1800, 120], "FLAIR"),
        Header("t1_mprage_sag_p2_iso_1_ADNI", "GR\\IR", [2300, 2.07, 900, 9], "T1"),
        Header("t2_tirm_tra_dark-fluid_FS", "SE\\IR", [9000, 87, 2500, 150], "FLAIR"),
        Header("T1_TFE1.0_Iso", "GR", [8.29, 4.6, 0, 8], "T1"),
        Header("Sag CUBE T2 FLAIR", "SE\\IR", [6000, 120, 1800, 90], "FLAIR"),
        Header("AX BRAVO +C", "GR", [8.2, 3.2, 450, 12], "T1Gd"),
        Header("t1_tse_tra_KM", "SE", [600, 9, 0, 150], "T1Gd"),
        Header("3D FLAIR SENSE", "SE", [4800, 340, 1650, 90], "FLAIR"),
        Header("Ax T2 FLAIR", "SE", [9000, 120, 0, 90], "FLAIR"),
        Header("T2W_TSE", "SE", [3000, 80, 0, 90], "T2"),
        Header("", "SE", [5000, 100, 0, 90], "T2"),
        Header("t2_tse_tra", "SE", [500, 11, 0, 90], nil),
        Header("eT1W_SE", "SE", [500, 10, 0, 70], "T1"),
        Header("COR FLAIR", "SE\\IR", [9000, 120, 2500, 90], "FLAIR"),
        Header("t1_vibe_fs_tra_post", "GR", [5.5, 2.4, 0, 12], "T1Gd"),
        Header("AX T1 FLAIR", "SE\\IR", [2200, 24, 860, 90], "T1"),
        Header("AX T2* GRE", "GR", [600, 20, 0, 20], nil),
        Header("AX DWI b1000", "EP", [8000, 90, 0, 90], nil),
        Header("COR STIR", "SE\\IR", [4000, 40, 150, 90], nil),
        Header("AX PD", "SE", [2500, 15, 0, 90], nil),
        Header("SWI", "GR", [28, 20, 0, 15], nil),
    ]

    @Test(arguments: headers) func headersAreTakenForWhatTheyAre(_ header: Header) throws {
        let choice = try choice([
            Self.made(1, header.description) {
                $0.sequence = header.sequence
                ($0.repetition, $0.echo) = (header.times[0], header.times[1])
                ($0.inversion, $0.flip) = (header.times[2], header.times[3])
            }
        ])
        let verdict = try #require(choice.verdicts.first)
        #expect(verdict.contrast == header.contrast, "\(verdict.reason)")
        #expect(!verdict.reason.isEmpty)
    }

    /// A hospital's study: the four contrasts among nine series that are none of them.
    static let study: [DICOMStudy.Series] = {
        func spin(_ number: Int, _ name: String, _ tr: Double, _ te: Double, ti: Double = 0) -> DICOMStudy.Series {
            made(number, name) {
                ($0.repetition, $0.echo, $0.inversion) = (tr, te, ti)
                $0.sequence = ti > 0 ? "SE\\IR" : "SE"
                $0.time = "10\(number + 10)00"
            }
        }
        func other(_ number: Int, _ name: String, _ sequence: String, _ type: String = "") -> DICOMStudy.Series {
            made(number, name) {
                ($0.sequence, $0.repetition, $0.echo, $0.flip) = (sequence, 600, 20, 20)
                if !type.isEmpty { $0.type = type }
            }
        }
        var (withAgent, reformatted) = (spin(8, "AX T1", 550, 12), spin(9, "Cor T1 MPR", 550, 12))
        withAgent.agent = "GADOVIST"
        (reformatted.agent, reformatted.type) = ("GADOVIST", "DERIVED\\SECONDARY\\REFORMATTED")
        return [
            other(1, "3-Plane Loc", "GR", "ORIGINAL\\PRIMARY\\LOCALIZER"),
            other(2, "AX DWI b1000", "EP", "ORIGINAL\\PRIMARY\\DIFFUSION"),
            spin(3, "AX T2 FSE", 4500, 100),
            spin(4, "AX T2 FLAIR", 9000, 125, ti: 2250),
            spin(5, "AX T1", 550, 12),
            spin(6, "AX T1 FLAIR", 2200, 24, ti: 860),
            other(7, "AX T2* GRE", "GR"),
            withAgent, reformatted,
            other(10, "ADC", "EP", "DERIVED\\PRIMARY\\DIFFUSION\\ADC"),
            spin(11, "", 9000, 125, ti: 2250),
            spin(12, "COR STIR", 4000, 40, ti: 150),
            spin(13, "AX PD", 2500, 15),
        ]
    }()

    @Test func theFourAreFoundAmongThirteen() throws {
        let choice = try choice(Self.study)
        #expect(choice.verdicts.map { $0.series.number } == Array(1...13))
        #expect(choice.series(for: "T1")?.number == 5)
        #expect(choice.series(for: "T1Gd")?.number == 8)
        #expect(choice.series(for: "T2")?.number == 3)
        // Two FLAIR that differ by nothing but their time: the later is taken, the other told.
        #expect(choice.series(for: "FLAIR")?.number == 11)
        #expect(choice.verdicts[3].reason.contains("series 11 is taken"))
        #expect(choice.verdicts.filter { $0.contrast != nil }.count == 4)
        #expect(choice.verdicts.allSatisfy { !$0.reason.isEmpty })
        // A T1 later than the one that is taken may have been made after the agent.
        #expect(choice.verdicts[5].isDoubtful && choice.verdicts[5].reason.contains("--pattern T1Gd=series:6"))
    }

    @Test func theUserDecides() throws {
        let choice = try choice(Self.study, decided: ["T1": 6, "T2": 13])
        #expect(choice.series(for: "T1")?.number == 6 && choice.series(for: "T2")?.number == 13)
        #expect(choice.series(for: "T1Gd")?.number == 8)
        #expect(choice.verdicts[4].contrast == nil && choice.verdicts[4].reason.contains("you named another"))
    }

    /// T1 with the agent in every header: whichever came first may have been made before it.
    @Test func anAgentInEveryHeaderIsDoubted() throws {
        let choice = try choice([
            Self.made(1, "AX T1") { ($0.agent, $0.time) = ("GADOVIST", "1000") },
            Self.made(2, "AX T1") { ($0.agent, $0.time) = ("GADOVIST", "1100") },
        ])
        #expect(choice.series(for: "T1Gd")?.number == 2 && choice.series(for: "T1") == nil)
        #expect(choice.verdicts[0].isDoubtful && choice.verdicts[0].reason.contains("--pattern T1=series:1"))
    }

    @Test func wordsAndAgentThatContradictAreLeftToTheUser() throws {
        let choice = try choice([Self.made(4, "AX T1 pre contrast") { $0.agent = "GADOVIST" }])
        #expect(choice.verdicts[0].contrast == nil && choice.verdicts[0].isDoubtful)
    }

    @Test func otherThingsAreNamedForWhatTheyAre() throws {
        let choice = try choice([
            Self.made(1, "CT head") { $0.modality = "CT" },
            Self.made(2, "AX T1") { $0.type = "DERIVED\\PRIMARY\\SUBTRACTION" },
        ])
        #expect(choice.verdicts[0].reason.contains("CT, not MR"))
        #expect(choice.verdicts[1].reason.contains("SUBTRACTION"))
        #expect(choice.verdicts.allSatisfy { $0.contrast == nil })
    }

    @Test func severalPatientsAreRefusedWithoutTheirNames() throws {
        for patient in ["ANNA", "BERTA"] {
            var study = try DICOMStudy("\(scratch.path)/\(patient == "ANNA" ? 1 : 2)")
            study.patient = patient
            try study.write(Series(1, "AX T1"), SyntheticVolumes.volume(Self.grid) { _, _, _ in 1 })
        }
        let error = #expect(throws: DICOMError.self) { try DICOMFolder(scratch.path) }
        #expect(error?.code == .severalPatients && error?.message.contains("2 patients") == true)
        #expect(error?.message.contains("ANNA") == false && error?.message.contains("BERTA") == false)
    }
}
