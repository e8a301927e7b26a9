/// A snapshot as a terminal shows it: one screen, the job above, its workers below.
package enum StatusText {
    /// Most lines of workers; those in order are left out first.
    private static let mostWorkers = 16
    private static let mostMoves = 8

    /// Lines that each end with a newline.
    ///
    /// - Parameters:
    ///   - notes: what else is to be said, above the rest.
    ///   - isColoured: whether the terminal shows colours.
    package static func text(_ snapshot: FleetSnapshot, notes: [String] = [], isColoured: Bool) -> String {
        let style = Style(isColoured: isColoured)
        var lines = [head(snapshot, style)]
        lines += notes.map(oneLine)
        lines += progress(snapshot)
        lines += fleet(snapshot)
        lines += workers(snapshot, style)
        lines += moves(snapshot)
        return lines.map { $0 + "\n" }.joined()
    }

    private struct Style {
        let isColoured: Bool

        func bold(_ text: String) -> String { isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
        func red(_ text: String) -> String { isColoured ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
        func yellow(_ text: String) -> String { isColoured ? "\u{1B}[33m\(text)\u{1B}[0m" : text }
    }

    private static func head(_ snapshot: FleetSnapshot, _ style: Style) -> String {
        let process = snapshot.coordinator
        return style.bold("\(oneLine(snapshot.job)): \(snapshot.state.rawValue)")
            + ", \(NumberText.duration(snapshot.elapsed)), coordinator \(process.pid) on \(oneLine(process.host))"
    }

    private static func progress(_ snapshot: FleetSnapshot) -> [String] {
        let progress = snapshot.progress
        var parts: [String] = []
        if let restart = progress.restart, let restarts = progress.restarts {
            parts.append("restart \(NumberText.grouped(restart)) of \(NumberText.grouped(restarts))")
        }
        parts.append("\(oneLine(progress.phase)) \(progress.done) of at most \(progress.limit)")
        if let objective = progress.objective { parts.append("objective \(NumberText.significant(objective))") }
        if let moved = progress.moved { parts.append("moved \(NumberText.grouped(moved))") }
        if let rate = snapshot.rowsPerSecond { parts.append("\(NumberText.significant(rate, digits: 3)) rows/s") }
        return [parts.joined(separator: ", ")] + round(snapshot)
    }

    private static func round(_ snapshot: FleetSnapshot) -> [String] {
        guard let round = snapshot.round else { return [] }
        var text = "round \(round.number)" + (round.kind.map { " (\(oneLine($0)))" } ?? "")
        text += ": \(NumberText.grouped(round.merged)) of \(NumberText.grouped(round.blocks)) blocks merged"
        if round.leased > 0 { text += ", \(NumberText.grouped(round.leased)) at work" }
        if let rate = round.blocksPerSecond { text += ", \(NumberText.significant(rate, digits: 3)) blocks/s" }
        if let rest = round.remaining, rest > 0 { text += ", \(NumberText.duration(rest)) to go" }
        return [text]
    }

    private static func fleet(_ snapshot: FleetSnapshot) -> [String] {
        guard snapshot.fleet.suspicion != nil else { return ["in one process, without workers"] }
        let fleet = snapshot.fleet
        var text = "fleet: \(fleet.present) present, \(fleet.joined) joined, \(fleet.lost) lost"
        if let time = fleet.waiting {
            text += "; waits since \(NumberText.duration(time)) for at least \(fleet.least)"
        }
        return [text]
    }

    // Workers.

    private static let columns = ["worker", "host", "pid", "state", "blocks", "blocks/s", "sent", "got", "lease", ""]
    private static let rightAligned: Set<Int> = [2, 4, 5, 6, 7]

    private static func workers(_ snapshot: FleetSnapshot, _ style: Style) -> [String] {
        guard !snapshot.workers.isEmpty else { return [] }
        let shown = shownWorkers(snapshot.workers)
        let rows = [columns] + shown.map(row)
        let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let blank = String(repeating: " ", count: widths[column] - cell.count)
                return rightAligned.contains(column) ? blank + cell : cell + blank
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        let coloured = zip(lines.dropFirst(), shown).map { line, worker in
            switch worker.state {
            case .lost: style.red(line)
            case .silent, .stalled: style.yellow(line)
            case .working, .idle, .draining, .left: line
            }
        }
        let rest = snapshot.workers.count - shown.count
        return ["", style.bold(lines[0])] + coloured + (rest > 0 ? ["and \(rest) more in order"] : [])
    }

    /// All that have something the matter, and of the others as many as there is room for, in their order.
    private static func shownWorkers(_ workers: [FleetSnapshot.Worker]) -> [FleetSnapshot.Worker] {
        guard workers.count > mostWorkers else { return workers }
        let odd = workers.indices.filter { !workers[$0].remarks.isEmpty }.suffix(mostWorkers)
        let others = workers.indices.filter { workers[$0].remarks.isEmpty }.prefix(mostWorkers - odd.count)
        return (odd + others).sorted().map { workers[$0] }
    }

    private static func row(_ worker: FleetSnapshot.Worker) -> [String] {
        let silence = NumberText.duration(worker.silent)
        let state =
            switch worker.state {
            case .silent: "silent \(silence)"
            case .lost, .left: "\(worker.state.rawValue) \(silence) ago"
            case .working, .idle, .stalled, .draining: worker.state.rawValue
            }
        return [
            oneLine(worker.name), oneLine(worker.host ?? "–"), "\(worker.pid)", state,
            NumberText.grouped(worker.blocks),
            worker.blocksPerSecond.map { NumberText.significant($0, digits: 3) } ?? "–",
            NumberText.bytes(worker.bytesSent), NumberText.bytes(worker.bytesReceived),
            worker.lease.map { "\($0.blocks.text) (\($0.finished) done)" } ?? "–",
            oneLine(worker.remarks.joined(separator: "; ")),
        ]
    }

    private static func moves(_ snapshot: FleetSnapshot) -> [String] {
        guard !snapshot.moves.isEmpty else { return [] }
        return [""] + snapshot.moves.suffix(mostMoves).map { oneLine($0.text) }
    }

    /// Names come from peers, and must not move the cursor or colour the terminal.
    private static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }
}

extension FleetSnapshot.Move {
    /// `3.1 s ago: worker-2 lost: blocks 0-3 of round 12 moved: 0-1 to worker-1, 2-3 to worker-3`.
    var text: String {
        let what = "\(blocks.first + 1 == blocks.end ? "block" : "blocks") \(blocks.text) of round \(round)"
        let cause = reason == "copied" ? "\(worker) is slow" : "\(worker) \(reason)"
        let verb = reason == "copied" ? "copied" : "moved"
        let places = to.map { $0.blocks == blocks ? "to \($0.worker)" : "\($0.blocks.text) to \($0.worker)" }
        let destiny = to.isEmpty ? "wait for a worker" : "\(verb) " + places.joined(separator: ", ")
        return "\(NumberText.duration(ago)) ago: \(cause): \(what) \(destiny)"
    }
}
