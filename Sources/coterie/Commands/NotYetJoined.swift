/// A command whose work is not connected to it.
struct NotYetJoined: Error, CustomStringConvertible {
    let command: String

    var description: String { "'\(command)' is not yet joined to the fleet" }
}
