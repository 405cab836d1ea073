/// How to fuzz.
struct Options {
    /// Seconds that one input may take.
    static let longestReading: UInt32 = 60

    var seconds = Double.infinity
    var iterations = Int.max
    var seed: UInt64 = 1
    /// Largest resident size in MB; nil for no limit (a sanitizer's own memory counts).
    var memory: Int?
    /// Where inputs that show a fault are kept.
    var faults = "nifti-fuzz-faults"
    /// Where the supervisor has its worker put the inputs.
    var workplace: String?

    static let usage = """
        usage: nifti-fuzz [--seconds N] [--iterations N] [--seed N] [--memory MB] [--faults FOLDER]
               nifti-fuzz replay FILE [VOXELS]   read one file; write its voxels as little-endian float32
               nifti-fuzz seeds FOLDER           write files for another fuzzer to start from
        """

    /// Nil for what cannot be understood.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch name {
            case "--seconds":
                guard let number = Double(value) else { return nil }
                seconds = number
            case "--iterations":
                guard let number = Int(value) else { return nil }
                iterations = number
            case "--seed":
                guard let number = UInt64(value) else { return nil }
                seed = number
            case "--memory":
                guard let number = Int(value) else { return nil }
                memory = number
            case "--faults": faults = value
            case "--workplace": workplace = value
            default: return nil
            }
        }
    }
}
