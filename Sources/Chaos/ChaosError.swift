/// What is wrong with a plan, or kept a suite from being run, in the words the user will read.
package struct ChaosError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// The plan's text cannot be understood, or asks for something that there is not.
        case badPlan
        /// The fleet cannot be started or reached.
        case fleet
        /// A file cannot be written.
        case cannotCreate
    }

    package let code: Code

    /// One line: `<what>: <where>; <what to do>`.
    package let message: String

    package var description: String { message }

    init(_ code: Code, _ what: String, at place: String, fix remedy: String) {
        self.code = code
        message = "\(what): \(place); \(remedy)"
    }
}
