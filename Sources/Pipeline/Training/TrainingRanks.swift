import CollaGAN
import Files
import Foundation
import NeuralNet
import Ranks
import Tensors

extension RankGroup {
    /// The ranks that a launcher started, this process among them; call once.
    ///
    /// - Parameter timeout: seconds after which an exchange counts as unanswered.
    /// - Throws: `CollaGANError.Code.badConfiguration`, where there is no MPI or another than the launcher's, or the ranks are of
    ///   different versions; `.unanswered`.
    package static func started(
        environment: [String: String] = ProcessInfo.processInfo.environment, timeout: Int
    ) throws(CollaGANError) -> RankGroup {
        let transport: MPITransport
        do throws(TransportError) {
            transport = try MPITransport(environment: environment)
        } catch {
            throw CollaGANError(.badConfiguration, path: MPITransport.variable, "--distributed: \(error.message)")
        }
        return RankGroup(transport, timeout: Double(timeout))
    }

    /// Makes sure that all ranks are of one version and kind of processor.
    package func requireSameProgram() throws(CollaGANError) {
        #if arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "x86-64"
        #endif
        try told { () throws(ModelError) in
            try requireSame(
                "\(Software.version) \(architecture)", "another version or kind of processor (start one program on all)"
            )
        }
    }

    /// Makes sure that all train alike and can share the work. Called before anything is computed or exchanged that depends on
    /// the configuration.
    func agree(on configuration: TrainingConfiguration) throws(CollaGANError) {
        try told { () throws(ModelError) in
            try requireSame(configuration)
            try agreeOnInstructionSet(configuration.precision)
            try configuration.requireShares(of: size)
        }
    }

    /// With float32 all take the weakest set that one of them has.
    private func agreeOnInstructionSet(_ precision: Precision) throws(ModelError) {
        guard precision == .float32 else { return try requireSameInstructions(precision) }
        let mine = InstructionSet.all.firstIndex(of: InstructionSet.current) ?? InstructionSet.all.count - 1
        let weakest = try gather([mine]).joined().max() ?? mine
        if weakest != mine { _ = InstructionSet.use(InstructionSet.all[weakest]) }
    }

    /// Makes sure that either all see a checkpoint or none does.
    func agree(thatThereIsACheckpoint isSeen: Bool) throws(CollaGANError) {
        try told { () throws(ModelError) in try requireSameCheckpoint("\(isSeen)") }
    }

    /// - Parameter mine: what tells this rank's patients from others.
    func agree(onPatients mine: String) throws(CollaGANError) {
        try told { () throws(ModelError) in try requireSamePatients(mine) }
    }

    /// Waits for all.
    func meet() throws(CollaGANError) {
        _ = try told { () throws(ModelError) in try gather([0]) }
    }

    /// The exit status of the first rank, with which all end.
    package func status(_ mine: Int32) throws(CollaGANError) -> Int32 { try first(mine) }

    /// What the first rank has.
    func first<Value: Codable>(_ mine: Value) throws(CollaGANError) -> Value {
        let text = (try? JSONEncoder().encode([mine])).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
        let all = try told { () throws(ModelError) in try gather(isFirst ? text : "") }
        return (try? JSONDecoder().decode([Value].self, from: Data(all[0].utf8)))?.first ?? mine
    }

    /// Does on every rank what may fail on some: where it does, all fail with the error of the lowest such rank.
    package func agree<Result>(_ body: () throws(CollaGANError) -> Result) throws(CollaGANError) -> Result {
        let mine = Swift.Result { () throws(CollaGANError) in try body() }
        var failure: String?
        if case .failure(let error) = mine {
            guard error.code != .unanswered else { throw error }
            failure = "\(error.code.rawValue) \(error.message)"
        }
        let text = try told { [failure] () throws(ModelError) in try firstFailure(failure) }
        if let text {
            let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
            throw CollaGANError(
                CollaGANError.Code(rawValue: parts[0]) ?? .unreadable, path: "", parts.count > 1 ? parts[1] : text)
        }
        return try mine.get()
    }

    private func told<Result>(_ body: () throws(ModelError) -> Result) throws(CollaGANError) -> Result {
        do throws(ModelError) {
            return try body()
        } catch {
            throw CollaGANError(error, path: "")
        }
    }
}

extension RankGroup? {
    func agree<Result>(_ body: () throws(CollaGANError) -> Result) throws(CollaGANError) -> Result {
        guard let self else { return try body() }
        return try self.agree(body)
    }

    func agree<Result>(_ body: () throws(ModelError) -> Result) throws(ModelError) -> Result {
        guard let self else { return try body() }
        return try self.agree(body)
    }

    func first<Value: Codable>(_ mine: Value) throws(CollaGANError) -> Value {
        guard let self else { return mine }
        return try self.first(mine)
    }
}

extension CollaGANError {
    /// What a training's error is to the command line.
    init(_ error: ModelError, path: String) {
        switch error.code {
        case .unanswered: self.init(.unanswered, path: path, error.message)
        case .configuration, .mismatch: self.init(.badConfiguration, path: path, error.message)
        default: self.init(.badModel, path: path, error.message)
        }
    }
}
