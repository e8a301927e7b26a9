/// What the command line itself objects to.
struct CommandError: Error, Equatable, CustomStringConvertible {
    let status: ExitStatus
    /// One line: `<what>: <where>; <what to do>`.
    let message: String

    var description: String { message }

    init(_ status: ExitStatus, message: String) {
        self.status = status
        self.message = message
    }

    /// - Parameters:
    ///   - what: what is wrong, in lower case.
    ///   - place: the flag, the file, or the place in it.
    ///   - remedy: what the user can do about it.
    init(_ status: ExitStatus, _ what: String, at place: String, fix remedy: String) {
        self.init(status, message: "\(what): \(place); \(remedy)")
    }
}
