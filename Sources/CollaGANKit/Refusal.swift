import Files
import NeuralNet
import Volumes

/// Why something was refused.
public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file or folder that it is about; empty where there is none.
    public let path: String
    /// What, which file, why and what to do, on one line.
    public let message: String

    public var description: String { message }

    init(_ error: CollaGANError) {
        path = error.path
        message = error.message
    }

    init(path: String = "", _ message: String) {
        self.path = path
        self.message = message
    }
}

/// Runs what throws the errors of the inner targets.
func refusing<Result>(_ body: () throws -> Result) throws(Refusal) -> Result {
    do {
        return try body()
    } catch let error as Refusal {
        throw error
    } catch let error as CollaGANError {
        throw Refusal(error)
    } catch let error as VolumeError {
        throw Refusal(path: error.path, error.message)
    } catch let error as ModelError {
        throw Refusal(path: error.path, error.message)
    } catch {
        throw Refusal("\(error)")
    }
}
