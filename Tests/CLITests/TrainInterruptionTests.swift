import Foundation
import Testing

struct TrainInterruptionTests {
    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func exitStatusTellsTheSignal(_ signal: Int32, _ status: Int32) throws {
        let place = try TrainingWorkplace(TrainingWorkplace.direct + "steps: 1000000", patients: 1)
        let run = try CLI(place.arguments(), interruptedAt: "training on", by: signal)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.errors.contains("go on with --resume") && !place.work.files("model/checkpoints").isEmpty)
    }
}
