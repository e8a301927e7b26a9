import Chaos
import Services

/// Any error as the user meets it: an exit code and a message.
struct Failure: Equatable {
    let status: ExitStatus
    let message: String

    /// What is printed on standard error, whatever is in file names and keys.
    var line: String { "coterie: \(message)".onOneLine }

    init(_ error: any Error) {
        if let error = error as? CommandError {
            (status, message) = (error.status, error.message)
        } else if let error = error as? ChaosError {
            message = error.message
            status =
                switch error.code {
                case .badPlan: .badData
                case .fleet: .unavailable
                case .cannotCreate: .cannotCreate
                }
        } else {
            let described = FailureDescription(error)
            (status, message) = (ExitStatus(rawValue: described.exitCode) ?? .internalError, described.message)
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
