import Dashboard
import Foundation

/// Shows one snapshot after the other on standard output.
struct StatusDisplay {
    let isJSON: Bool
    let isWatching: Bool

    private var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 && ProcessEnvironment.current["TERM"] != "dumb" }

    /// - Parameter notes: what people are to know beside what the snapshot says.
    func show(_ snapshot: FleetSnapshot, notes: [String] = []) throws {
        if isJSON { return try StandardOutput.write(try snapshot.json() + "\n") }
        let isColoured = isTerminal && (ProcessEnvironment.current["NO_COLOR"] ?? "").isEmpty
        let text = StatusText.text(snapshot, notes: notes, isColoured: isColoured)
        guard isWatching else { return try StandardOutput.write(text) }
        // On a terminal from the upper left corner of an empty screen; in a log one below the other.
        try StandardOutput.write(isTerminal ? "\u{1B}[H\u{1B}[2J" + text : text + "\n")
    }
}
