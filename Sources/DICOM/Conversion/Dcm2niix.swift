import Files
import Foundation
import Volumes

/// Turns the files of one series into one volume with dcm2niix (Li et al., Journal of Neuroscience Methods 2016).
package struct Dcm2niix: Sendable {
    /// The variable that names the program.
    package static let variable = "COLLAGAN_DCM2NIIX"
    /// Seconds that one series may take.
    private static let timeLimit = 300.0
    /// mm that a corner may lie off from where the tags put it.
    static let tolerance = 0.1

    private let program: ChildProgram
    private let timeLimit: Double
    /// "v1.0.20220720", as it calls itself.
    package let version: String

    /// Finds the program and asks it for its version.
    /// - Parameters:
    ///   - environment: `COLLAGAN_DCM2NIIX` and `PATH` are read.
    ///   - timeLimit: seconds that one series may take.
    /// - Throws: `DICOMError.Code.noConverter`.
    package init(environment: [String: String], timeLimit: Double = Self.timeLimit) throws(DICOMError) {
        self.timeLimit = timeLimit
        let named = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
        if let named {
            guard ChildProgram.isProgram(named) else {
                throw DICOMError(
                    .noConverter, path: named, "is no program that may be run; let \(Self.variable) name dcm2niix")
            }
            program = ChildProgram(named)
        } else if let found = ChildProgram(named: "dcm2niix", searchPath: environment["PATH"]) {
            program = found
        } else {
            throw DICOMError(
                .noConverter, path: "dcm2niix",
                "is not installed, and DICOM cannot be read without it; install it (apt-get install dcm2niix) or let"
                    + " \(Self.variable) name it")
        }
        let (end, output) = program.run(["--version"], timeLimit: 30)
        guard case .exit = end, let word = output.firstMatch(of: /v\d+\.\d+\.\d{8}/) else {
            throw DICOMError(
                .noConverter, path: program.path, "does not answer as dcm2niix does; let \(Self.variable) name it")
        }
        version = String(word.output)
    }

    /// The arguments before the folder of files, as they are recorded.
    package static let arguments = ["-b", "n", "-z", "n", "-w", "0", "-f", "volume"]

    /// The volume of a series, checked against its tags.
    /// - Parameter scratch: an empty folder, for links and what the program writes.
    /// - Throws: `DICOMError`: `.notOneVolume`, `.conversionFailed`, `.wrongGeometry`, `.unreadable`.
    package func volume(of series: DICOMSeries, scratch: String) throws(DICOMError) -> Volume {
        let expected = try series.grid()
        let (input, output) = ("\(scratch)/in", "\(scratch)/out")
        do {
            for folder in [input, output] {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            }
            for (index, slice) in series.slices.enumerated() {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(input)/\(index).dcm", withDestinationPath: FilePath.absolute(slice.path))
            }
        } catch {
            throw DICOMError(.unreadable, path: scratch, "no place to convert DICOM in; check its rights")
        }
        let (end, text) = program.run(Self.arguments + ["-o", output, input], timeLimit: timeLimit)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: output).sorted()) ?? []
        guard end == .exit(0) else {
            throw DICOMError(.conversionFailed, path: series.name, Self.failure(end, text, scratch))
        }
        guard names == ["volume.nii"] else {
            let made = names.isEmpty ? "nothing" : names.joined(separator: ", ")
            throw DICOMError(
                .conversionFailed, path: series.name,
                "dcm2niix made \(made) of it instead of one volume\(Self.lastLine(text, scratch)); leave it out or"
                    + " convert it yourself")
        }
        let volume: Volume
        do {
            volume = try NIfTIFile.read("\(output)/volume.nii").volume
        } catch {
            throw DICOMError(.conversionFailed, path: series.name, "dcm2niix made an unusable file: \(error.code)")
        }
        guard volume.grid.reorientedToRAS().isClose(to: expected.reorientedToRAS(), tolerance: Self.tolerance) else {
            throw DICOMError(
                .wrongGeometry, path: series.name,
                "dcm2niix places it elsewhere than its tags do; convert it yourself and look at it")
        }
        return volume
    }

    private static func failure(_ end: ChildProgram.End, _ text: String, _ scratch: String) -> String {
        switch end {
        case .exit(let status): "dcm2niix failed with status \(status)\(lastLine(text, scratch)); leave it out"
        case .signal(let signal): "dcm2niix was ended by signal \(signal); leave it out"
        case .timeout: "dcm2niix did not come to an end in time; leave it out"
        case .notStarted(let number): "dcm2niix could not be started (\(Wording.reason(number)))"
        }
    }

    /// What the program said last, without paths of ours.
    private static func lastLine(_ text: String, _ scratch: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.replacing(scratch, with: "") }
        let line = lines.last { $0.contains(/error|warning|unable|unsupported/.ignoresCase()) } ?? lines.last
        return line.map { " ('\($0.trimmingCharacters(in: .whitespaces).shortened)')" } ?? ""
    }
}
