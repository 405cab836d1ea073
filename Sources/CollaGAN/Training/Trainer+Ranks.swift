import Foundation
import NeuralNet
import Tensors

/// What ranks do together besides updates; on one process nothing of it is to be done.
extension Trainer {
    /// Whether this process writes.
    package var isFirst: Bool { ranks?.isFirst ?? true }

    /// Only the first rank does it; where it fails, all do.
    func write(_ body: () throws(ModelError) -> Void) throws(ModelError) {
        guard let ranks else { return try body() }
        try ranks.agree { () throws(ModelError) in if ranks.isFirst { try body() } }
    }

    /// Whether something is so on any rank.
    func isAnywhere(_ isHere: Bool) throws(ModelError) -> Bool {
        guard let ranks else { return isHere }
        return try ranks.gather([isHere ? 1 : 0]).contains([1])
    }

    /// What gradients took on their way since this was asked last, for each of so many steps; nil on one process.
    func exchangeTime(perStepOf steps: Int) -> ExchangeTime? {
        let exchanges = exchanges.compactMap { $0 }
        guard !exchanges.isEmpty else { return nil }
        var sum = ExchangeTime()
        for exchange in exchanges {
            sum.travelled += exchange.time.travelled / Double(max(steps, 1))
            sum.waited += exchange.time.waited / Double(max(steps, 1))
            exchange.time = ExchangeTime()
        }
        return sum
    }

    /// Makes sure that all ranks train the same, and stand at the same place. `run` does so before it writes or removes
    /// anything; whoever does that before has to ask before.
    ///
    /// - Throws: `ModelError.Code.mismatch`.
    package func requireSameStart() throws(ModelError) {
        guard let ranks else { return }
        try ranks.requireSame(configuration)
        try ranks.requireSameInstructions(configuration.precision)
        let images = (patients + validation).map { "\($0.name) \($0.scales) \($0.brainPixels)" }
        try ranks.requireSamePatients(images.joined(separator: "\n"))
        try ranks.requireSameCheckpoint("\(step) \(random.state)")
        try requireSameWeights()
    }

    /// - Throws: `ModelError.Code.mismatch`.
    func requireSameWeights() throws(ModelError) {
        guard let ranks else { return }
        var hash = BitHash()
        for parameter in checkpoint.method.groups.joined() {
            hash.add(parameter.values)
        }
        try ranks.requireSame(
            "\(hash.value)",
            "other weights at step \(step) (its processor or memory cannot be trusted; go on without it with --resume)")
    }
}

/// What has to be the same on all ranks; each throws `ModelError.Code.mismatch` where it is not.
extension RankGroup {
    package func requireSame(_ configuration: TrainingConfiguration) throws(ModelError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let settings = (try? encoder.encode(configuration)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        try requireSame(settings, "another configuration (give all the same file)")
    }

    package func requireSameInstructions(_ precision: Precision) throws(ModelError) {
        let computing = ComputingRecord.current(precision)
        try requireSame(
            "\(computing.instructionSet) \(computing.precision)",
            "another instruction set (set \(InstructionSet.variable) to one that all have)")
    }

    /// - Parameter mine: what tells this rank's patients from others.
    package func requireSamePatients(_ mine: String) throws(ModelError) {
        try requireSame(mine, "other patients (all have to see the same files)")
    }

    /// - Parameter mine: what tells the checkpoint that this rank sees from others.
    package func requireSameCheckpoint(_ mine: String) throws(ModelError) {
        try requireSame(mine, "another checkpoint (all have to see the same --out folder)")
    }
}

extension TrainingConfiguration {
    /// Makes sure that so many ranks can share the samples of a step.
    ///
    /// - Throws: `ModelError.Code.configuration`, naming the numbers of ranks that can.
    package func requireShares(of ranks: Int) throws(ModelError) {
        func fits(_ ranks: Int) -> Bool { batch % ranks == 0 && (batch / ranks).nonzeroBitCount == 1 }
        guard ranks > 1, !fits(ranks) else { return }
        let possible = (1...batch).filter { $0 == 1 || fits($0) }.map(String.init).joined(separator: ", ")
        throw ModelError(
            .configuration, "",
            "batch: \(batch) samples of a step cannot be shared by \(ranks) ranks, as each has to get 1, 2, 4, 8, … of them;"
                + " start \(possible) or set another batch")
    }
}

/// Tells whether tensors have the same bits: FNV-1a of 64 bits over their float32 words (Fowler, Noll, Vo).
private struct BitHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ tensor: Tensor) {
        withPointers(to: tensor) { tensor in
            for index in 0..<tensor.shape.count {
                value = (value ^ UInt64(tensor.pointer[index].bitPattern)) &* 0x100_0000_01B3
            }
        }
    }
}
