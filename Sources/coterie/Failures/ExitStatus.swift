/// How a command ended, for scripts: the codes of `sysexits.h`.
enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    /// A check objects: of this program, not of what it was given.
    case objection = 1
    /// The command line, the environment or the settings file asks for something that cannot be.
    case usage = 64
    /// The input is there and something in it is wrong.
    case badData = 65
    /// There is no such input, or it cannot be opened.
    case noInput = 66
    /// The fleet was lost or never came.
    case unavailable = 69
    /// A fault in Coterie.
    case internalError = 70
    case cannotCreate = 73
    /// Reading or writing failed.
    case inputOutput = 74
    /// Stopped before the end; `coterie resume` goes on.
    case interrupted = 75
    /// A key that is not on the list.
    case keyRefused = 77
}
