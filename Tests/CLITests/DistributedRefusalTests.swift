import Testing

/// What `--distributed` refuses without an MPI at hand; ranks of real libraries: Tests/CrossChecks/distributed.sh.
struct DistributedRefusalTests {
    @Test func aLibraryThatIsNotThereIsOneLine() throws {
        let place = try TrainingWorkplace(TrainingWorkplace.direct + "steps: 1\n", patients: 1)
        let run = try CLI(place.arguments() + ["--distributed"], environment: ["COLLAGAN_MPI": "/nowhere/libmpi.so"])
        #expect(run.status == 2 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.contains("error: --distributed: no MPI library can be used (/nowhere/libmpi.so: "))
        #expect(run.errors.contains("correct COLLAGAN_MPI") && !place.work.exists("model"))
    }

    /// A library that is no MPI.
    @Test func anotherLibraryIsOneLine() throws {
        let place = try TrainingWorkplace(TrainingWorkplace.direct + "steps: 1\n", patients: 1)
        let run = try CLI(place.arguments() + ["--distributed"], environment: ["COLLAGAN_MPI": "libz.so.1"])
        #expect(run.status == 2 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.contains("MPI_Init_thread: is not in the library"))
    }

    @Test(arguments: [
        (["--timeout", "5"], "'--timeout' is for '--distributed'"),
        (["--distributed", "--timeout", "0"], "'--timeout 0': give a number from 1"),
    ])
    func optionsThatMakeNoSenseAreRefused(_ options: [String], _ words: String) throws {
        let place = try TrainingWorkplace(TrainingWorkplace.direct, patients: 1)
        let run = try CLI(place.arguments() + options)
        #expect(run.status == 64 && run.errors.contains(words), "\(run.errors)")
    }
}
