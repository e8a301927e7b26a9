import Clustering
import Shards
import Tensors
import Wire

/// Any error of the modules below as an exit code and the line that a user reads. The one place that knows them all.
package struct FailureDescription: Sendable, Equatable {
    /// sysexits, as INTERFACE lists them.
    package let exitCode: Int32
    package let message: String

    package init(_ error: any Error) {
        switch error {
        case let error as ServiceError:
            self.init(error.exitCode, error.message)
        case let error as ShardError:
            self.init(Self.exitCode(of: error.code), error.message)
        case let error as ClusteringError:
            self.init(Self.exitCode(of: error.code), error.message)
        case let error as TensorError:
            self.init(error.code == .kernelUnavailable ? 64 : error.code == .boundOutOfRange ? 65 : 70, "\(error)")
        case let error as WireError:
            self.init(error.code == .malformed ? 70 : error.code == .endpoint ? 64 : 69, error.message)
        default:
            self.init(70, "internal error: \(error); report it with the command that led to it")
        }
    }

    private init(_ exitCode: Int32, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    private static func exitCode(of code: ShardError.Code) -> Int32 {
        switch code {
        case .noInput: 66
        case .badData: 65
        case .cannotCreate: 73
        case .inputOutput: 74
        }
    }

    private static func exitCode(of code: ClusteringError.Code) -> Int32 {
        switch code {
        case .badData: 65
        case .usage: 64
        case .internalError: 70
        }
    }
}
