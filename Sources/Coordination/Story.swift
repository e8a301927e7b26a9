/// The last events of a machine, from which any of its decisions can be understood.
package struct Story: Hashable, Sendable, CustomStringConvertible {
    package static let capacity = 256

    private struct Entry: Hashable, Sendable {
        let number: UInt64
        let time: Instant
        let event: Event
    }

    private var entries: [Entry] = []
    /// The number of the last event: the cause that messages carry, so that a consequence can be traced to what began it.
    package private(set) var cause: UInt64 = 0

    mutating func add(_ event: Event, at time: Instant) {
        cause += 1
        switch event {
        case .tick, .heard, .verified: return
        default: break
        }
        if entries.count == Self.capacity {
            entries.removeFirst()
        }
        entries.append(Entry(number: cause, time: time, event: event))
    }

    /// What one worker did lately, newest last.
    package func of(_ worker: WorkerID) -> String {
        let own = entries.filter { entry in
            switch entry.event {
            case .received(_, let sender): sender == worker
            case .gone(let other, _): other == worker
            case .heard, .verified, .roundReady, .programFinished, .interrupted, .abandoned, .turnedAway, .tick: false
            }
        }
        return own.suffix(12).map(Self.line).joined(separator: "; ")
    }

    package var description: String {
        entries.suffix(24).map(Self.line).joined(separator: "; ")
    }

    private static func line(_ entry: Entry) -> String {
        "\(entry.number) at \(entry.time.sinceOrigin.milliseconds) ms \(entry.event)"
    }
}
