import Coordination

/// The transcript of a run, for people; nothing is written unless it was asked for.
final class Trace {
    let isWanted: Bool
    private(set) var lines: [String] = []
    private var names: [WorkerID: String] = [:]

    init(isWanted: Bool) {
        self.isWanted = isWanted
    }

    func name(_ worker: WorkerID, _ name: String) {
        if isWanted { names[worker] = name }
    }

    func add(_ line: @autoclosure () -> String, at time: Microseconds) {
        guard isWanted else { return }
        let digits = String(10_000_000_000 + time % 10_000_000_000).dropFirst()
        let seconds = String(Int(digits.prefix(4)) ?? 0)
        let padding = String(repeating: " ", count: max(0, 4 - seconds.count))
        lines.append("\(padding)\(seconds).\(digits.suffix(6))  \(line())")
    }

    func add(_ packet: Packet, _ what: String, at time: Microseconds) {
        guard isWanted else { return }
        let worker = name(of: packet.worker)
        let way = packet.direction == .toWorker ? "coordinator -> \(worker)" : "\(worker) -> coordinator"
        add("\(way)  \(what)  \(packet.message.summary)  (term \(packet.term))", at: time)
    }

    func name(of worker: WorkerID) -> String { names[worker] ?? worker.description }
}
