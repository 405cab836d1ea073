import TestSupport
import Foundation
import Volumes

/// Fuzzes the NIfTI reader: see docs/benchmarks/nifti-reader.md.
@main enum FuzzCommand {
    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "replay" where arguments.count >= 2:
            arguments.removeFirst()
            try replay(arguments[0], voxels: arguments.count > 1 ? arguments[1] : nil)
        case "seeds" where arguments.count == 2: try writeSeeds(arguments[1])
        default:
            guard let options = Options(arguments) else {
                print(Options.usage)
                exit(64)
            }
            exit(try options.workplace.map { work(options, Workplace($0)) } ?? supervise(options, arguments))
        }
    }

    /// Has a process of its own do the work, so that one that dies leaves its input behind.
    private static func supervise(_ options: Options, _ arguments: [String]) throws -> Int32 {
        let workplace = try Workplace.make()
        defer { workplace.remove() }
        let worker = Process()
        worker.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        worker.arguments = arguments + ["--workplace", workplace.folder]
        try worker.run()
        worker.waitUntilExit()
        if worker.terminationReason == .exit && worker.terminationStatus == 0 { return 0 }
        let why =
            switch (worker.terminationReason, worker.terminationStatus) {
            case (.uncaughtSignal, SIGALRM): "hung for \(Options.longestReading) s"
            case (.uncaughtSignal, let signal): "died of signal \(signal)"
            case (_, let status): "ended with status \(status)"
            }
        let kept = try workplace.keep(in: options.faults, as: "fault-seed-\(options.seed)")
        print("FAULT: the worker \(why); its input is kept as \(kept ?? "nothing: it was not reading")")
        return 1
    }

    private static func work(_ options: Options, _ workplace: Workplace) -> Int32 {
        var run = FuzzingRun(options, workplace)
        do {
            try run.run()
            return 0
        } catch {
            print((error as? ReaderProbe.Fault)?.text ?? "\(error)")
            return 1
        }
    }

    private static func replay(_ path: String, voxels: String?) throws {
        let bytes = try? [UInt8](Data(contentsOf: URL(filePath: path)))
        let isPlain = bytes.map { !$0.starts(with: [0x1f, 0x8b]) } ?? false
        _ = try ReaderProbe.examine(path, content: isPlain ? bytes : nil)
        var record: [String: Any] = [:]
        do throws(VolumeError) {
            let image = try NIfTIFile.read(path)
            let affine = image.volume.grid.affine
            record["size"] = (0..<3).map { image.volume.grid.size[$0] }
            record["affine"] = (0..<3).map { [affine.i[$0], affine.j[$0], affine.k[$0], affine.origin[$0]] }
            record["affine_from"] = image.header.affineSource.rawValue
            record["datatype"] = "\(image.header.datatype)"
            record["findings"] = image.findings.map(\.text)
            if let voxels {
                let data = image.volume.voxels.withUnsafeBytes { Data($0) }
                try? data.write(to: URL(filePath: voxels))
            }
        } catch {
            (record["refused"], record["message"]) = (error.code.rawValue, error.message)
        }
        print(String(decoding: try JSONSerialization.data(withJSONObject: record), as: UTF8.self))
    }

    private static func writeSeeds(_ folder: String) throws {
        var random = SplitMix64(seed: 1)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for n in 0..<64 {
            try Data(Seed(&random).bytes).write(to: URL(filePath: "\(folder)/seed-\(n).nii"))
        }
    }
}
