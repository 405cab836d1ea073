import Preprocessing
import TestSupport
import Testing
import Volumes

/// Faults planted into a real, skull-stripped patient of 1 mm voxels: found and named, and none found where there is none.
@Suite struct InputCheckTests {
    static let names = ["T1", "T1Gd", "T2", "FLAIR"]

    /// The sample patient's contrasts, in RAS order.
    static let contrasts: [Volume] = ["T1", "T1POST", "T2", "FLAIR"].map { name in
        let path = Fixtures.path("../../SampleData/complete/patient26/\(name).nii.gz")
        guard let image = try? NIfTIFile.read(path) else { preconditionFailure("\(path) cannot be read") }
        return image.volume.reorientedToRAS()
    }
    static var grid: Grid { contrasts[0].grid }
    static let brain: [Bool] = contrasts[0].voxels.indices.map { voxel in contrasts.contains { $0.voxels[voxel] > 0 } }

    private func check(
        _ contrasts: [Volume?] = InputCheckTests.contrasts, mask: Volume? = nil
    ) -> InputCheck {
        InputCheck(
            zip(contrasts, Self.names).map { volume, name in
                volume.map { PreprocessingInput(volume: $0, path: "in/p/\(name).nii.gz") }
            }, brainMask: mask.map { PreprocessingInput(volume: $0, path: "in/p/brainmask.nii.gz") },
            contrasts: Self.names)
    }

    private func mask(_ isInside: (_ i: Int, _ j: Int, _ k: Int) -> Bool) -> Volume {
        SyntheticVolumes.volume(Self.grid) { isInside($0, $1, $2) ? 1 : 0 }
    }

    private static func isBrain(_ i: Int, _ j: Int, _ k: Int) -> Bool {
        let size = grid.size
        guard i >= 0, j >= 0, k >= 0, i < size.x, j < size.y, k < size.z else { return false }
        return brain[i + size.x * (j + size.y * k)]
    }

    private static var middle: SIMD3<Int> {
        let size = grid.size
        var sum = SIMD3<Int>(0, 0, 0)
        var count = 0
        for voxel in brain.indices where brain[voxel] {
            sum &+= SIMD3(voxel % size.x, voxel / size.x % size.y, voxel / (size.x * size.y))
            count += 1
        }
        return SIMD3(sum.x / count, sum.y / count, sum.z / count)
    }

    /// Whether all voxels within some distance belong to the brain, seen along the axes and diagonals.
    private static func isDeep(_ i: Int, _ j: Int, _ k: Int, by reach: Int) -> Bool {
        for x in -1...1 {
            for y in -1...1 {
                for z in -1...1 where !isBrain(i + x * reach, j + y * reach, k + z * reach) { return false }
            }
        }
        return isBrain(i, j, k)
    }

    @Test func aGoodPatientHasNone() {
        #expect(check().findings == [])
        let good = check(mask: mask(Self.isBrain))
        #expect(good.findings == [] && good.believesMask)
        for left in 0..<4 {
            #expect(check(Self.contrasts.indices.map { $0 == left ? nil : Self.contrasts[$0] }).findings == [])
        }
    }

    // MARK: Masks

    @Test(arguments: [(25, 0, 0), (-25, 0, 0), (0, 25, 0), (0, -25, 0), (0, 0, 25), (0, 0, -25)])
    func aMaskBesideTheBrainIsNotBelieved(x: Int, y: Int, z: Int) {
        expectDoubtful(mask { Self.isBrain($0 - x, $1 - y, $2 - z) }, says: "keeps 7", or: "keeps 6")
    }

    @Test(arguments: [0, 1, 2], [false, true]) func halfABrainIsNotBelieved(axis: Int, upper: Bool) {
        let middle = Self.middle
        expectDoubtful(
            mask { Self.isBrain($0, $1, $2) && ([$0, $1, $2][axis] >= middle[axis]) == upper }, says: "flat cut")
    }

    @Test func lesionsVentriclesAndShellsAreNotBelieved() throws {
        let path = Fixtures.path("../../SampleData/complete/patient26/GOLD_STANDARD.nii.gz")
        expectDoubtful(try NIfTIFile.read(path).volume, says: "cm³")
        let middle = Self.middle
        expectDoubtful(
            mask { abs($0 - middle.x) < 2 && abs($1 - middle.y) < 2 && abs($2 - middle.z) < 2 }, says: "cm³")
        expectDoubtful(mask { Self.isBrain($0, $1, $2) && !Self.isDeep($0, $1, $2, by: 7) }, says: "keeps")
        expectDoubtful(mask { _, _, _ in true }, says: "outside")
    }

    private func expectDoubtful(_ mask: Volume, says: String, or: String? = nil) {
        let check = check(mask: mask)
        #expect(check.findings.map(\.kind) == [.doubtfulMask] && !check.believesMask)
        let text = check.findings.first?.text ?? ""
        #expect(text.contains(says) || or.map(text.contains) == true, "\(text)")
        #expect(text.contains("(brainmask.nii.gz)") && !text.contains("in/p"))
    }

    /// Binary, of 0…255, a little small, a probability, and with what cubic interpolation makes of edges.
    @Test func goodMasksOfAllFormsAreBelieved() {
        let soft = SyntheticVolumes.volume(Self.grid) { i, j, k in
            var sum: Float = 0
            for x in -1...1 {
                for y in -1...1 { for z in -1...1 where Self.isBrain(i + 2 * x, j + 2 * y, k + 2 * z) { sum += 1 } }
            }
            return sum / 27
        }
        let forms: [String: Volume] = [
            "255": SyntheticVolumes.volume(Self.grid) { Self.isBrain($0, $1, $2) ? 255 : 0 },
            "small": mask { Self.isDeep($0, $1, $2, by: 1) }, "probability": soft,
            "overshoot": Volume(grid: Self.grid, voxels: soft.voxels.map { $0 * 1.3 - 0.15 }),
        ]
        for (name, mask) in forms { #expect(check(mask: mask).findings == [], "\(name)") }
    }

    // MARK: Coverage

    @Test(arguments: [0, 1, 2], [false, true]) func aPartThatAContrastDoesNotCoverIsTold(axis: Int, upper: Bool) throws
    {
        let size = Self.grid.size
        let inside = Self.brain.indices.filter { Self.brain[$0] }
        func place(_ voxel: Int) -> Int { [voxel % size.x, voxel / size.x % size.y, voxel / (size.x * size.y)][axis] }
        let places = inside.map(place)
        let (first, last) = (places.min() ?? 0, places.max() ?? 0)
        let cut = upper ? first + (last - first) * 3 / 4 : first + (last - first) / 4
        var contrasts = Self.contrasts
        for voxel in contrasts[2].voxels.indices where upper ? place(voxel) > cut : place(voxel) < cut {
            contrasts[2].voxels[voxel] = 0
        }
        let covered = Double(places.count { upper ? $0 <= cut : $0 >= cut }) / Double(places.count) * 100
        let findings = check(contrasts).findings
        #expect(findings.map(\.kind) == [.partialCoverage])
        let text = try #require(findings.first?.text)
        let told = try #require(text.firstMatch(of: /T2 \(T2\.nii\.gz\) covers (\d+) %/).flatMap { Double($0.1) })
        #expect(abs(told - covered) <= 2, "\(text), really \(covered)")
    }

    // MARK: Alignment

    @Test(arguments: [(3, 0, 0), (0, 3, 0), (0, 0, 3)]) func aContrastThatIsMovedIsNamed(x: Int, y: Int, z: Int) throws
    {
        for contrast in [2, 3] {
            var contrasts = Self.contrasts
            contrasts[contrast] = Self.moved(contrasts[contrast]) { ($0 - x, $1 - y, $2 - z) }
            let findings = check(contrasts).findings
            #expect(findings.map(\.kind) == [.misaligned])
            let text = try #require(findings.first?.text)
            let told = text.firstMatch(of: /lies about ([0-9.]+) mm off/).flatMap { Double($0.1) }
            #expect(text.hasPrefix(Self.names[contrast]) && abs((told ?? 0) - 3) < 1, "\(text)")
        }
    }

    @Test func mirrorImagesAreTold() {
        let size = Self.grid.size
        var contrasts = Self.contrasts
        contrasts[3] = Self.moved(contrasts[3]) { (size.x - 1 - $0, $1, $2) }
        let mirrored = check(contrasts).findings
        #expect(mirrored.contains { $0.kind == .misaligned && $0.text.contains("mirrored, left for right") })
        contrasts[3] = Self.moved(Self.contrasts[3]) { ($0, $1, size.z - 1 - $2) }
        #expect(check(contrasts).findings.contains { $0.kind == .misaligned && $0.text.hasPrefix("FLAIR") })
    }

    /// A volume whose voxel (i, j, k) comes from another place; 0 from outside.
    private static func moved(_ volume: Volume, _ source: (Int, Int, Int) -> (Int, Int, Int)) -> Volume {
        let size = volume.grid.size
        return SyntheticVolumes.volume(volume.grid) { i, j, k in
            let (x, y, z) = source(i, j, k)
            guard x >= 0, y >= 0, z >= 0, x < size.x, y < size.y, z < size.z else { return 0 }
            return volume[x, y, z]
        }
    }

    // MARK: No numbers

    /// The largest and the least numbers that a float holds are no trap.
    @Test(arguments: [Float.greatestFiniteMagnitude, 1e38, .leastNonzeroMagnitude])
    func extremeValuesAreJudgedLikeOthers(_ value: Float) {
        var contrasts = Self.contrasts
        for n in 0..<30 { contrasts[2][n, n, 2] = value }
        contrasts[3].voxels = contrasts[3].voxels.map { $0 > 0 ? value : 0 }
        _ = check(contrasts)
        contrasts = contrasts.map { volume in
            Volume(grid: volume.grid, voxels: volume.voxels.map { $0 > 0 ? value : 0 })
        }
        #expect(check(contrasts).findings.allSatisfy { !$0.text.isEmpty })
    }

    /// Few slices, one slice, and one voxel.
    @Test(arguments: [SIMD3(64, 64, 3), SIMD3(64, 64, 1), SIMD3(1, 1, 1), SIMD3(1, 40, 40)]) func smallGridsAreJudged(
        size: SIMD3<Int>
    ) {
        let grid = SyntheticVolumes.grid(size, spacing: SIMD3(3, 3, 5))
        let volumes = (0..<4).map { SyntheticVolumes.random(grid, seed: UInt64($0)) }
        #expect(check(volumes).believesMask)
        _ = check(volumes, mask: SyntheticVolumes.volume(grid) { i, _, _ in i.isMultiple(of: 2) ? 1 : 0 })
    }

    @Test func onlyVoxelsInsideTheBrainThatAreNoNumbersAreTold() throws {
        let background = Self.contrasts.map { volume in
            Volume(grid: volume.grid, voxels: zip(volume.voxels, Self.brain).map { $1 ? $0 : .nan })
        }
        #expect(check(background).findings == [])
        var contrasts = Self.contrasts
        let middle = Self.middle
        for k in 0..<6 {
            for j in 0..<6 { for i in 0..<6 { contrasts[1][middle.x + i, middle.y + j, middle.z + k] = .nan } }
        }
        let findings = check(contrasts).findings
        #expect(findings.map(\.kind) == [.notFinite])
        #expect(try #require(findings.first?.text).contains("T1Gd (T1Gd.nii.gz): about 216 voxels"))
    }
}
