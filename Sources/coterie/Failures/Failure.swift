import Clustering
import Shards
import Tensors

/// Any error as the user meets it: an exit code and a message.
struct Failure: Equatable {
    let status: ExitStatus
    let message: String

    /// What is printed on standard error, whatever is in file names and keys.
    var line: String { "coterie: \(message)".onOneLine }

    init(_ error: any Error) {
        switch error {
        case let error as CommandError: (status, message) = (error.status, error.message)
        case let error as ShardError: (status, message) = (ExitStatus(error.code), error.message)
        case let error as ClusteringError: (status, message) = (ExitStatus(error.code), error.message)
        case let error as TensorError: (status, message) = (ExitStatus(error.code), error.description)
        default:
            status = .internalError
            message = "internal error: \(error); report it with the command that led to it"
        }
    }
}

extension ExitStatus {
    init(_ code: ShardError.Code) {
        self =
            switch code {
            case .noInput: .noInput
            case .badData: .badData
            case .cannotCreate: .cannotCreate
            case .inputOutput: .inputOutput
            }
    }

    init(_ code: ClusteringError.Code) {
        self =
            switch code {
            case .badData: .badData
            case .usage: .usage
            case .internalError: .internalError
            }
    }

    init(_ code: TensorError.Code) {
        self =
            switch code {
            case .kernelUnavailable: .usage
            case .boundOutOfRange: .badData
            case .sumsInexact: .internalError
            }
    }
}

extension String {
    /// The same text without line breaks and other control characters, which would end the line or drive the terminal.
    var onOneLine: String {
        let pieces = unicodeScalars.split { $0.properties.generalCategory == .control }
        return pieces.map(String.init).joined(separator: " ")
    }
}
