/// What went wrong in running a job, in the form the user will see.
package struct ServiceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the process exits with (sysexits).
    package let exitCode: Int32
    /// One line: `<what>: <where>; <what to do>`.
    package let message: String

    package init(exitCode: Int32, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    package var description: String { message }

    static func fleetLost(_ message: String) -> ServiceError { ServiceError(exitCode: 69, message) }
    static func internalError(_ message: String) -> ServiceError { ServiceError(exitCode: 70, message) }
}
