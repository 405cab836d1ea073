import Preprocessing
import TestSupport
import Testing
import Volumes

private let folder = Fixtures.sharedData("openms_longitudinal/patient04_study1")

/// Heads with the skull on, of thick slices, with masks of the brain.
@Suite(.enabled(if: folder != nil)) struct HeadTests {
    private static let names = ["T1", "T2", "FLAIR"]

    private func read(_ name: String) throws -> PreprocessingInput {
        let path = try #require(folder) + "/\(name).nii.gz"
        return PreprocessingInput(volume: try NIfTIFile.read(path).volume, path: path)
    }

    private func check(_ contrasts: [String] = HeadTests.names, _ mask: Volume?) throws -> InputCheck {
        InputCheck(
            try Self.names.map { contrasts.contains($0) ? try read($0) : nil },
            brainMask: mask.map { PreprocessingInput(volume: $0, path: "mask.nii.gz") }, contrasts: Self.names)
    }

    @Test func aHeadIsToldUnlessAMaskIsBelieved() throws {
        let mask = try read("brainmask").volume
        for contrasts in [Self.names, ["T1"], ["T2"], ["FLAIR"], ["T1", "T2"]] {
            #expect(try check(contrasts, nil).findings.map(\.kind) == [.skull], "\(contrasts)")
            #expect(try check(contrasts, mask).findings == [], "\(contrasts)")
        }
    }

    /// Moved by about 25 mm along each axis, halves, the skull, and the head.
    @Test func masksOfSomethingElseAreNotBelieved() throws {
        let mask = try read("brainmask").volume
        let size = mask.grid.size
        func moved(_ x: Int, _ y: Int, _ z: Int) -> Volume {
            SyntheticVolumes.volume(mask.grid) { i, j, k in
                let (i, j, k) = (i - x, j - y, k - z)
                let isInside = i >= 0 && j >= 0 && k >= 0 && i < size.x && j < size.y && k < size.z
                return isInside ? mask[i, j, k] : 0
            }
        }
        let head = try read("T2").volume.voxels.map { $0 > 100 }
        var masks = [(35, 0, 0), (-35, 0, 0), (0, 35, 0), (0, -35, 0), (0, 0, 8), (0, 0, -8)].map(moved)
        masks.append(SyntheticVolumes.volume(mask.grid) { i, j, k in i > size.x / 2 ? mask[i, j, k] : 0 })
        masks.append(SyntheticVolumes.volume(mask.grid) { i, j, k in k > size.z / 2 ? mask[i, j, k] : 0 })
        masks.append(Volume(grid: mask.grid, voxels: zip(head, mask.voxels).map { $0 && $1 == 0 ? 1 : 0 }))
        for (number, other) in masks.enumerated() {
            let check = try check(other)
            #expect(check.findings.map(\.kind) == [.doubtfulMask, .skull] && !check.believesMask, "\(number)")
        }
    }

    private func check(_ mask: Volume) throws -> InputCheck { try check(Self.names, mask) }
}

private let sessions = Fixtures.sharedData("openms_raw")

/// Raw sessions, each contrast on a grid of its own. By the reference transforms beside them T1 lies 3.0 mm off FLAIR in one
/// session, all others 0.4 to 0.6 mm.
@Suite(.enabled(if: sessions != nil)) struct RawSessionTests {
    @Test(arguments: [("patient01_study1", false), ("patient12_study1", true)]) func whatLiesThreeMillimetresOffIsFound(
        session: String, isOff: Bool
    ) throws {
        let folder = try #require(sessions) + "/" + session
        let contrasts = try ["T1W", "T2W", "FLAIR"].map { name in
            let path = "\(folder)/\(name).nii.gz"
            return PreprocessingInput(volume: try NIfTIFile.read(path).volume, path: path)
        }
        let findings = InputCheck(contrasts, brainMask: nil, contrasts: ["T1", "T2", "FLAIR"]).findings
        #expect(findings.map(\.kind) == (isOff ? [.skull, .misaligned] : [.skull]))
        guard isOff else { return }
        let text = try #require(findings.last?.text)
        let told = text.firstMatch(of: /T1 \(T1W\.nii\.gz\) lies about ([0-9.]+) mm off/).flatMap { Double($0.1) }
        #expect(abs((told ?? 0) - 3) < 1, "\(text)")
    }
}
