import BrainExtraction
import Files
import Foundation
import NeuralNet
import Tensors

/// The network that finds brains; its weights are read when the first patient needs them.
package final class BrainNetwork: Sendable {
    /// Of the weight file; empty where there is none.
    let sha256: String
    private let path: Result<String, ModelError>
    private let loaded = Locked<BrainExtraction?>(nil)

    /// - Parameter environment: says where the weights are, if not beside the program.
    /// - Throws: `CollaGANError.Code.unreadable` where the file is there and cannot be read.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(CollaGANError) {
        do throws(ModelError) {
            path = .success(try BrainExtraction.shippedPath(environment: environment))
        } catch {
            path = .failure(error)
        }
        sha256 = if case .success(let path) = path { try FileHash.sha256(path) } else { "" }
    }

    /// Why there is none; nil where there is one.
    var absence: String? {
        if case .failure(let error) = path { error.message } else { nil }
    }

    /// - Returns: nil where there is none.
    /// - Throws: `CollaGANError.Code.badModel` for weights that are damaged or another network's.
    func extraction() throws(CollaGANError) -> BrainExtraction? {
        guard case .success(let path) = path else { return nil }
        if let known = loaded.withLock({ $0 }) { return known }
        do throws(ModelError) {
            let read = try BrainExtraction(contentsOf: path)
            loaded.withLock { $0 = read }
            return read
        } catch {
            throw CollaGANError(.badModel, path: path, error.message)
        }
    }
}
