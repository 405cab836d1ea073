import Foundation
import Testing

struct TrainInterruptionTests {
    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func exitStatusTellsTheSignal(_ signal: Int32, _ status: Int32) throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p1"))
        let configuration = """
            ngf: 4
            crop: {height: 96, width: 96}
            spacing: 1.2
            steps: 1000000
            weights: {cycle: 0, ssim: 0, adversarial: 0, classification: 0, reconstruction: 1}
            """
        try Data(configuration.utf8).write(to: work.root.appending(path: "c.yaml"))
        let process = Process()
        process.executableURL = CLI.program
        process.arguments = [
            "train", work.path("in"), "--config", work.path("c.yaml"), "--out", work.path("model"),
        ]
        let pipe = Pipe()
        (process.standardError, process.standardOutput) = (pipe, FileHandle.nullDevice)
        try process.run()
        var (text, isSent) = ("", false)
        while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
            text += String(decoding: data, as: UTF8.self)
            if !isSent, text.contains("training on") {
                kill(process.processIdentifier, signal)
                isSent = true
            }
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == status, "\(text)")
        #expect(text.contains("go on with --resume") && !work.files("model/checkpoints").isEmpty)
    }
}
