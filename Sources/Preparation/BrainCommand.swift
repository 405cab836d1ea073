import Files
import Foundation
import Preprocessing
import Records
import Tensors
import Volumes

/// A program of the user's that finds the brain: `mri_synthstrip -i {in} -m {out}`.
package struct BrainCommand: Sendable {
    /// As it was given.
    package let text: String
    private let program: ChildProgram
    private let arguments: [String]
    /// Seconds that one patient may take.
    private let timeLimit: Double

    /// - Parameter text: words separated by blanks; quotes hold words together, no shell is asked.
    /// - Throws: `CollaGANError.Code.badConfiguration` where `{in}` or `{out}` is missing or the program is not there.
    package init(_ text: String, searchPath: String?, timeLimit: Double = 3600) throws(CollaGANError) {
        (self.text, self.timeLimit) = (text, timeLimit)
        func refusal(_ reason: String) -> CollaGANError {
            CollaGANError(.badConfiguration, path: "--brain-command", "--brain-command '\(text)': \(reason)")
        }
        guard let words = Self.words(text), let name = words.first else {
            throw refusal("give a program and its arguments; a quote is open or nothing is there")
        }
        arguments = Array(words.dropFirst())
        for place in ["{in}", "{out}"] where !arguments.contains(where: { $0.contains(place) }) {
            throw refusal(
                "say with \(place) where the program finds the \(place == "{in}" ? "image" : "place for the mask")")
        }
        if name.contains("/") {
            guard ChildProgram.isProgram(name) else { throw refusal("\(name) is no program that may be run") }
            program = ChildProgram(name)
        } else if let found = ChildProgram(named: name, searchPath: searchPath) {
            program = found
        } else {
            throw refusal("there is no program \(name); install it or give its path")
        }
    }

    /// Words as a shell parts them, without anything else that a shell does; nil where a quote is open.
    private static func words(_ text: String) -> [String]? {
        var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                (quote, word) = (character, word ?? "")
            } else if character.isWhitespace {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return quote == nil ? words : nil
    }

    /// For the record: by its name, the places as they were given.
    package var record: PreparationRecord.Program {
        PreparationRecord.Program(name: FilePath.name(program.path), version: nil, arguments: arguments)
    }

    /// The brain in an image.
    /// - Parameters:
    ///   - patient: whose it is, for the error.
    ///   - scratch: a folder for image and mask.
    ///   - running: told of the process, so that it can be ended.
    /// - Returns: 1 inside, 0 outside, on the grid of the file that the program wrote.
    /// - Throws: `CollaGANError.Code.unusablePatient`.
    func mask(
        of image: Volume, patient: String, scratch: String, running: RunningPrograms
    ) throws(CollaGANError) -> Volume {
        func failure(_ reason: String) -> CollaGANError {
            CollaGANError(
                .unusablePatient, path: patient,
                "\(patient): the brain command (\(FilePath.name(program.path))) \(reason)")
        }
        let (input, output) = ("\(scratch)/brain-in.nii.gz", "\(scratch)/brain-out.nii.gz")
        do {
            try NIfTIFile.write(image, to: input)
        } catch {
            throw CollaGANError(error.code == .diskFull ? .outputLost : .unwritable, path: error.path, error.message)
        }
        let words = arguments.map { $0.replacing("{in}", with: input).replacing("{out}", with: output) }
        let (end, said) = program.run(words, timeLimit: timeLimit) { running.note($0) }
        running.forget()
        let last = said.split(whereSeparator: \.isNewline).last.map {
            ": '\($0.replacing(scratch, with: "").trimmingCharacters(in: .whitespaces).shortened)'"
        }
        switch end {
        case .exit(0): break
        case .exit(let status): throw failure("failed with status \(status)\(last ?? "")")
        case .signal(let signal): throw failure("was ended by signal \(signal)\(last ?? "")")
        case .timeout: throw failure("did not come to an end within \(Int(timeLimit)) s")
        case .notStarted(let number): throw failure("could not be started (\(Wording.reason(number)))")
        }
        guard FilePath.isRegularFile(output) else { throw failure("wrote nothing to {out}\(last ?? "")") }
        let found: Volume
        do {
            found = try NIfTIFile.read(output).volume
        } catch {
            throw failure("wrote a file that cannot be used: \(error.code.rawValue)")
        }
        let inside = BrainMask.inside(found)
        guard inside.contains(true), found.grid.overlaps(image.grid) else {
            throw failure("found no brain: its mask is empty or lies elsewhere")
        }
        return Volume(grid: found.grid, voxels: inside.map { $0 ? 1 : 0 })
    }
}

/// The program that is at work, so that an interruption can end it.
package final class RunningPrograms: Sendable {
    private let group = Locked<pid_t?>(nil)

    package init() {}

    func note(_ process: pid_t) { group.withLock { $0 = process } }
    func forget() { group.withLock { $0 = nil } }

    /// Ends the program with all that it started.
    package func end() {
        group.withLock { if let process = $0 { kill(-process, SIGKILL) } }
    }
}
