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
        } else {
            let described = FailureDescription(error)
            status = ExitStatus(rawValue: described.exitCode) ?? .internalError
            message = described.message
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
