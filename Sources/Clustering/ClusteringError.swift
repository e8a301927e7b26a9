/// What went wrong in a clustering method or in its evaluation, in the form the user will see.
package struct ClusteringError: Error, Sendable, Equatable {
    /// The kind of failure, which decides the exit code of a command.
    package enum Code: Sendable, Equatable {
        /// The rows or labels cannot be used as they are.
        case badData
        /// The settings contradict each other or the data.
        case usage
        /// A promise of this module was broken; the user can do nothing about it but report it.
        case internalError
    }

    package let code: Code
    /// One line: `<what>: <where>; <what to do>`.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension ClusteringError: CustomStringConvertible {
    package var description: String { message }
}
