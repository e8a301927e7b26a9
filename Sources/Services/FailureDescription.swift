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
            self.init(Self.exitCode(of: error.code), error.description)
        case let error as WireError:
            self.init(Self.exitCode(of: error.code), error.message)
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

    private static func exitCode(of code: TensorError.Code) -> Int32 {
        switch code {
        case .kernelUnavailable: 64
        case .boundOutOfRange, .rowUnusable: 65
        case .sumsInexact, .listsMalformed: 70
        }
    }

    private static func exitCode(of code: WireError.Code) -> Int32 {
        switch code {
        case .endpoint: 64
        case .badKey: 65
        case .noKey: 66
        case .version, .unresolved, .addressInUse, .cannotListen, .cannotConnect, .unroutable, .library, .transport: 69
        case .malformed: 70
        case .cannotCreate: 73
        case .keyRefused: 77
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
