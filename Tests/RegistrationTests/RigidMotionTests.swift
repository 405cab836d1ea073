import Foundation
import TestSupport
import Testing
import Volumes

import Registration

struct RigidMotionTests {
    private let motion = RigidMotion(radians: [0.3, -0.2, 0.9], shift: [5, -7, 11], about: [10, 20, 30])

    private func isClose(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Bool { ((a - b) * (a - b)).sum() < 1e-20 }

    @Test func lengthsStayAndTheCentreIsShifted() {
        #expect(isClose(motion.moved([10, 20, 30]), [15, 13, 41]))
        let step = motion.moved([1, 2, 3]) - motion.moved([4, -5, 6])
        #expect(abs((step * step).sum() - 67) < 1e-10)
    }

    @Test func thereAndBack() {
        let place = SIMD3(3.5, -80, 41)
        #expect(isClose(motion.inverse.moved(motion.moved(place)), place))
        #expect(isClose(motion.inverse.after(motion).moved(place), place))
        let other = RigidMotion(radians: [0, 1, 0], shift: [1, 1, 1], about: .zero)
        #expect(isClose(other.after(motion).moved(place), other.moved(motion.moved(place))))
    }

    /// A quarter turn about z takes x to y.
    @Test func turnsAreRightHanded() {
        func quarter(_ axis: SIMD3<Double>) -> RigidMotion {
            RigidMotion(radians: axis * .pi / 2, shift: .zero, about: .zero)
        }
        #expect(isClose(quarter([0, 0, 1]).moved([1, 0, 0]), [0, 1, 0]))
        #expect(isClose(quarter([1, 0, 0]).moved([0, 1, 0]), [0, 0, 1]))
        #expect(isClose(quarter([0, 1, 0]).moved([0, 0, 1]), [1, 0, 0]))
    }

    @Test(arguments: [0, 1e-4, 12, 60, 90, 133, 179.5, 180.0]) func anglesAreMeasured(_ degrees: Double) {
        let turn = RigidMotion(radians: [0, 0, degrees * .pi / 180], shift: [1, 2, 3], about: [4, 5, 6])
        #expect(abs(turn.degrees - degrees) < 1e-5)
        #expect(abs(motion.after(turn).after(motion.inverse).degrees - degrees) < 1e-5)
    }

    /// The numbers of the file, read as ITK does: y = M (x − c) + c + t in LPS.
    @Test func anITKFileMapsAsTheMotionDoes() throws {
        let lines = TransformFile.itk(motion).split(separator: "\n")
        #expect(lines[0] == "#Insight Transform File V1.0" && lines[2] == "Transform: AffineTransform_double_3_3")
        #expect(lines[4] == "FixedParameters: 0 0 0")
        let numbers = lines[3].split(separator: " ").dropFirst().compactMap { Double($0) }
        #expect(numbers.count == 12)
        let place = SIMD3(3.0, -4, 5)
        let lps = place * SIMD3(-1, -1, 1)
        let mapped = (0..<3).map { (row: Int) -> Double in
            let matrix = SIMD3(numbers[3 * row], numbers[3 * row + 1], numbers[3 * row + 2])
            return (matrix * lps).sum() + numbers[9 + row]
        }
        #expect(isClose(SIMD3(-mapped[0], -mapped[1], mapped[2]), motion.moved(place)))
    }

    @Test func theMatrixMapsAsTheMotionDoes() throws {
        let text = try TransformFile.json(motion, moving: "T2", fixed: "T1", grid: HeadPhantom.sagittal)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let rows = try #require(object["matrix"] as? [[Double]])
        #expect(rows.count == 4 && rows[3] == [0, 0, 0, 1])
        let mapped = rows.prefix(3).map { (row: [Double]) -> Double in
            (SIMD3(row[0], row[1], row[2]) * SIMD3(3, -4, 5)).sum() + row[3]
        }
        #expect(isClose(SIMD3(mapped[0], mapped[1], mapped[2]), motion.moved([3, -4, 5])))
        #expect(object["from"] as? String == "T2" && object["to"] as? String == "T1")
    }

    @Test func theLowestPlaceOfATurnedValleyIsFound() {
        // Rosenbrock's valley, and a bowl whose axes lie across.
        var rosenbrock = Powell(from: [-1.2, 1], tolerance: 1e-3, leastGain: 1e-12) { x in
            let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
            return 1 + a * a + 100 * b * b
        }
        rosenbrock.minimise(step: 0.5)
        #expect(abs(rosenbrock.place[0] - 1) < 1e-2 && abs(rosenbrock.value - 1) < 1e-4)
        var bowl = Powell(from: [9, -7, 4], tolerance: 1e-3, leastGain: 1e-12) { x in
            let (a, b, c) = (x[0] + x[1], x[0] - x[1] + 3 * x[2], x[2] - 2)
            return -5 + a * a + 4 * b * b + c * c
        }
        bowl.minimise(step: 1)
        #expect(zip(bowl.place, [-3.0, 3, 2]).allSatisfy { abs($0 - $1) < 1e-2 } && bowl.value < -4.9999)
    }

    /// Equal images tell all of each other, independent ones nothing.
    @Test func informationRunsFromOneToTwo() {
        func histogram(_ moving: (Int, Int) -> Int) -> JointHistogram {
            var histogram = JointHistogram()
            histogram.withCounts { counts in
                for row in 0..<64 {
                    for n in 0..<64 { counts[row * 64 + moving(row, n)] += JointHistogram.oneCount }
                }
            }
            return histogram
        }
        #expect(abs(histogram { row, _ in 63 - row }.information(smoothedBy: 0.1) - 2) < 1e-9)
        #expect(abs(histogram { _, n in n }.information(smoothedBy: 0.1) - 1) < 1e-9)
        #expect(abs(histogram { _, n in n }.information(smoothedBy: 2) - 1) < 1e-3)
        #expect(JointHistogram().information(smoothedBy: 1) == 1)
    }
}
