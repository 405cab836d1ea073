import Foundation
import TestSupport
import Testing
import Volumes

/// What the machine allows a run.
struct LimitTests {
    @Test func coarsePixelsThatAreResampledToManyCountBeforeAnythingIsRead() throws {
        let work = try Workplace()
        let affine = Affine(i: SIMD3(4, 0, 0), j: SIMD3(0, 4, 0), k: SIMD3(0, 0, 1), origin: .zero)
        let grid = Grid(size: SIMD3(128, 128, 100), affine: affine)
        let folder = work.root.appending(path: "in/wide")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let voxels = (0..<grid.count).map { Float($0 % 97 + 1) }
        for contrast in ["T1", "T2"] {
            try NIfTIFile.write(
                Volume(grid: grid, voxels: voxels), to: folder.appending(path: "\(contrast).nii.gz").path)
        }
        let arguments = [
            "impute", work.path("in"), "--out", work.path("out"), "--model", work.model, "--memory", "600M",
        ]
        let plan = try CLI(arguments + ["--plan", "--json"])
        let run = try CLI(arguments)
        #expect(plan.status == 1 && run.status == 1, "\(plan.output) \(run.errors)")
        let planned = (try plan.json()["patients"] as? [[String: Any]])?.first?["reason"] as? String
        #expect(planned?.contains("needs about ") == true)
        #expect(
            run.errorLines.count == 1 && run.errorLines[0].contains("wide: ")
                && run.errorLines[0].contains("needs about "))
    }

    /// A few kilobytes of voxels whose header lies would cost the network gigabytes and minutes.
    @Test func pixelsThatNoHeadHasAreRefused() throws {
        let work = try Workplace()
        let affine = Affine(i: SIMD3(20, 0, 0), j: SIMD3(0, 20, 0), k: SIMD3(0, 0, 4), origin: .zero)
        let grid = Grid(size: SIMD3(64, 64, 4), affine: affine)
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/fine"))
        let folder = work.root.appending(path: "in/wide")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for contrast in ["T1", "T2"] {
            try NIfTIFile.write(
                Volume(grid: grid, voxels: (0..<grid.count).map { Float($0 % 97 + 1) }),
                to: folder.appending(path: "\(contrast).nii.gz").path)
        }
        let run = try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errorLines[0].contains("wide: ") && run.errorLines[0].contains("768 mm"))
    }

    /// Enough to start the program in, too little for its threads: libraries would wait for them, or for their memory, for ever.
    @Test(
        .disabled(if: Sanitizer.isOn, "sanitizers take terabytes of address space"),
        arguments: [150, 200, 250])
    func aLimitOnTheAddressSpaceEndsTheRunWithOneLine(megabytes: Int) throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p1"))
        // 192 MB for 24 threads' stacks; the program itself starts in 80 MB and not in 70, whatever the number of processors.
        let arguments = [
            "impute", work.path("in"), "--out", work.path("out"), "--model", work.model, "--threads", "16",
        ]
        let run = try Shell("ulimit -v \(megabytes * 1000); exec timeout -s KILL 60 \"$0\" \"$@\"", arguments)
        #expect(run.status == 2, "\(run.text)")
        #expect(run.text.split(separator: "\n").count == 1 && run.text.contains("ulimit -v"), "\(run.text)")
        #expect(!work.exists("out"))
    }

    @Test(.disabled(if: Sanitizer.isOn, "ThreadSanitizer's memory is a file"))
    func aLimitOnTheSizeOfFilesEndsTheRunWithOneLine() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p1"))
        let run = try Shell(
            largestFile: 8, ["impute", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 2, "\(run.text)")
        #expect(run.errorLines.count == 1 && run.errorLines[0].contains("raise the limit"), "\(run.text)")
        #expect(!work.exists("out/.collagan.lock") && !work.files("out").contains { $0.hasSuffix(".tmp") })
    }
}
