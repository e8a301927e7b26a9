package import Wire

/// What becomes of messages under the faults of the moment: a value that is told of each message and when it came, and says
/// what to hand on and when. It sends nothing and reads no clock.
package struct Tampering: Sendable {
    package struct Delivery: Sendable, Equatable {
        /// Seconds since the proxy began.
        package let time: Double
        package let passage: Relay.Passage
    }

    /// A worker's messages one way.
    private struct Link: Hashable {
        let worker: String
        let direction: Relay.Direction
    }

    private let seed: UInt64
    private var toxics: [Toxic] = []
    /// How many messages each fault was done to.
    package private(set) var counts: [Int: Int] = [:]
    private var messages: UInt64 = 0
    /// When the last message of a link is due, which a later one must not come before.
    private var lastDue: [Link: Double] = [:]
    /// Until when a slow link is busy.
    private var busyUntil: [Link: Double] = [:]

    package init(seed: UInt64) {
        self.seed = seed
    }

    package mutating func add(_ toxic: Toxic) {
        toxics.append(toxic)
    }

    package mutating func remove(_ number: Int) {
        toxics.removeAll { $0.number == number }
    }

    /// - Parameters:
    ///   - worker: the name of the message's worker.
    ///   - now: seconds since the proxy began.
    /// - Returns: what to hand on; nothing where the message is lost.
    package mutating func pass(_ passage: Relay.Passage, of worker: String, at now: Double) -> [Delivery] {
        messages += 1
        let link = Link(worker: worker, direction: passage.direction)
        var passage = passage
        var copies = 1
        var due = now
        var overtakes = false
        for toxic in toxics where toxic.concerns(worker, passage.direction) {
            var draws = SeededDraws(seed: seed &+ UInt64(toxic.number), .messages, place: messages)
            guard draws.uniform() < toxic.rule.probability else { continue }
            let isDone: Bool
            switch toxic.rule.kind {
            case .drop, .partition:
                copies = 0
                isDone = true
            case .duplicate:
                copies += 1
                isDone = true
            case .latency:
                due += max(0, toxic.rule.delay + (2 * draws.uniform() - 1) * toxic.rule.jitter)
                isDone = true
            case .reorder:
                due += toxic.rule.delay
                overtakes = true
                isDone = true
            case .bandwidth:
                let start = max(due, busyUntil[link] ?? 0)
                due = start + Double(passage.byteCount) / toxic.rule.rate
                busyUntil[link] = due
                isDone = true
            case .truncate: isDone = Self.truncate(&passage.frames, &draws)
            case .bitFlip: isDone = Self.flip(&passage.frames, &draws)
            default: isDone = false
            }
            if isDone { counts[toxic.number, default: 0] += 1 }
            if copies == 0 { return [] }
        }
        if !overtakes {
            due = max(due, lastDue[link] ?? 0)
            lastDue[link] = due
        }
        return Array(repeating: Delivery(time: due, passage: passage), count: copies)
    }

    /// Cuts a frame that has something to be cut off.
    private static func truncate(_ frames: inout [[UInt8]], _ draws: inout SeededDraws) -> Bool {
        let places = frames.indices.filter { !frames[$0].isEmpty }
        guard !places.isEmpty else { return false }
        let place = places[draws.index(below: places.count)]
        frames[place].removeLast(1 + draws.index(below: frames[place].count))
        return true
    }

    /// Flips a bit, every one of the message being as likely.
    private static func flip(_ frames: inout [[UInt8]], _ draws: inout SeededDraws) -> Bool {
        let count = frames.reduce(0) { $0 + $1.count }
        guard count > 0 else { return false }
        var byte = draws.index(below: count)
        for place in frames.indices {
            if byte < frames[place].count {
                frames[place][byte] ^= 1 << UInt8(draws.index(below: 8))
                return true
            }
            byte -= frames[place].count
        }
        return false
    }
}
