import CMPI

/// The processes that an MPI launcher (`mpirun`, `srun`) started.
package struct MPITransport: Transport {
    /// The environment variable that names the library.
    package static let variable = "COLLAGAN_MPI"
    /// In which launchers say how many processes they started.
    private static let counts = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]

    package let (rank, size): (Int, Int)
    /// What the library calls itself.
    package let library: String

    /// Finds the library and starts it; call once.
    ///
    /// - Throws: `TransportError.Code.noLibrary`; `.wrongLauncher` where this process believes to be alone and is not.
    package init(environment: [String: String]) throws(TransportError) {
        let path = environment[Self.variable] ?? ""
        guard cm_open(path) != 0 else {
            let advice =
                path.isEmpty
                ? "load the module or install the package of the MPI that starts the ranks (Debian: openmpi-bin), or name"
                    + " its libmpi.so in \(Self.variable)" : "correct \(Self.variable)"
            throw TransportError(.noLibrary, "no MPI library can be used (\(Self.problem)); \(advice)")
        }
        var (rank, size): (Int32, Int32) = (0, 1)
        guard cm_start(&rank, &size) != 0 else {
            throw TransportError(
                .noLibrary, "MPI does not start (\(Self.problem)); start the ranks with its own mpirun or srun")
        }
        (self.rank, self.size) = (Int(rank), Int(size))
        library = String(cString: cm_version())
        try Self.requireLauncher(ofSize: self.size, library, environment)
    }

    /// Makes sure that the library knows of the processes that the launcher says it started.
    ///
    /// - Throws: `TransportError.Code.wrongLauncher`.
    package static func requireLauncher(
        ofSize size: Int, _ library: String, _ environment: [String: String]
    ) throws(TransportError) {
        guard size == 1, let name = counts.first(where: { environment[$0] != nil }),
            let started = environment[name].flatMap({ Int($0) }), started > 1
        else { return }
        throw TransportError(
            .wrongLauncher,
            "the launcher started \(started) processes (\(name)), but \(library) knows of this one only: they are of"
                + " different makes, or srun lacks --mpi; use the library's own mpirun or another srun --mpi=…, or name the"
                + " launcher's libmpi.so in \(variable)")
    }

    package func exchange(_ messages: [Message], within seconds: Double) throws(TransportError) {
        let list = messages.map { message in
            switch message {
            case .send(let bytes, let rank):
                cm_message(
                    bytes: UnsafeMutableRawPointer(mutating: bytes.baseAddress), count: Int64(bytes.count),
                    rank: Int32(rank), is_sent: 1)
            case .receive(let bytes, let rank):
                cm_message(bytes: bytes.baseAddress, count: Int64(bytes.count), rank: Int32(rank), is_sent: 0)
            }
        }
        switch cm_exchange(list, Int32(list.count), seconds) {
        case 1: return
        case 0:
            throw TransportError(
                .unanswered, "no answer from the other ranks for \(Int(seconds)) s: a rank is lost or hangs")
        default: throw TransportError(.broken, "the exchange with the other ranks failed (\(Self.problem))")
        }
    }

    package func finish() { cm_finish() }

    private static var problem: String { String(cString: cm_problem()) }
}
