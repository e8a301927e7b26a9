/// Something that goes wrong at a time.
struct Fault: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// The process ends without a word; another is started `back` later. The coordinator may be told of it.
        case workerCrash(slot: Int, isNoticed: Bool, back: Microseconds)
        /// The worker is asked to go, and another is started once it has.
        case workerDrain(slot: Int)
        /// The worker is started anew with another copy of the data, in which one block differs.
        case staleCopy(slot: Int, back: Microseconds)
        /// The process stands still, computation and all.
        case workerPause(slot: Int, span: Microseconds)
        /// The block at hand takes that much longer, while the worker is heard.
        case workerHang(slot: Int, span: Microseconds)
        case coordinatorCrash(tail: TailFate, back: Microseconds, clockStep: Int)
        /// The crash comes with the next record, before it is synced.
        case crashWhileRecording(tail: TailFate, back: Microseconds, clockStep: Int)
        case coordinatorPause(span: Microseconds)
        /// Somebody asks to stop after the round, and resumes the job `back` after its end.
        case interruption(back: Microseconds)
        /// Nothing gets through between the coordinator and some workers, one way or both. What is sent meanwhile is lost, or
        /// held by the network until the end.
        case partition(slots: [Int], direction: Blocked, isHeld: Bool, span: Microseconds)
        case slowLink(slot: Int, delay: Microseconds, span: Microseconds)
        case loss(permille: Int, span: Microseconds)
        case duplication(permille: Int, span: Microseconds)
        /// Messages overtake each other, by up to `delay`.
        case reordering(delay: Microseconds, span: Microseconds)
    }

    enum Blocked: String, Hashable, Sendable {
        case both = "both ways"
        case toCoordinator = "to the coordinator"
        case toWorkers = "to the workers"
    }

    /// In the plan that follows from the seed, from 1.
    let number: Int
    let time: Microseconds
    var kind: Kind

    var end: Microseconds { time + kind.span }
}

extension Fault.Kind {
    /// How long it lasts.
    var span: Microseconds {
        switch self {
        case .workerPause(_, let span), .workerHang(_, let span), .coordinatorPause(let span),
            .partition(_, _, _, let span), .slowLink(_, _, let span), .loss(_, let span), .duplication(_, let span),
            .reordering(_, let span):
            span
        case .workerCrash(_, _, let back), .staleCopy(_, let back), .coordinatorCrash(_, let back, _),
            .crashWhileRecording(_, let back, _), .interruption(let back):
            back
        case .workerDrain: 0
        }
    }

    /// What it is called in a summary.
    var name: String {
        switch self {
        case .workerCrash: "worker crash"
        case .workerDrain: "worker drain"
        case .staleCopy: "stale copy"
        case .workerPause: "worker pause"
        case .workerHang: "worker hang"
        case .coordinatorCrash: "coordinator crash"
        case .crashWhileRecording: "crash while recording"
        case .coordinatorPause: "coordinator pause"
        case .interruption: "interruption"
        case .partition(_, .both, _, _): "two-way partition"
        case .partition: "one-way partition"
        case .slowLink: "slow link"
        case .loss: "loss"
        case .duplication: "duplication"
        case .reordering: "reordering"
        }
    }
}

extension Fault: CustomStringConvertible {
    var description: String { "fault \(number) at \(time.seconds) s: \(kind)" }
}

extension Fault.Kind: CustomStringConvertible {
    var description: String {
        switch self {
        case .workerCrash(let slot, let isNoticed, let back):
            "worker \(slot + 1) crashes, \(isNoticed ? "noticed" : "unnoticed"), back after \(back.seconds) s"
        case .workerDrain(let slot): "worker \(slot + 1) is asked to go"
        case .staleCopy(let slot, let back):
            "worker \(slot + 1) is started anew after \(back.seconds) s, with another copy of the data"
        case .workerPause(let slot, let span): "worker \(slot + 1) stands still for \(span.seconds) s"
        case .workerHang(let slot, let span): "worker \(slot + 1) hangs in a block for \(span.seconds) s"
        case .coordinatorCrash(let tail, let back, let step):
            "the coordinator crashes, tail \(tail), back after \(back.seconds) s, wall clock \(step) ms"
        case .crashWhileRecording(let tail, let back, let step):
            "the coordinator crashes in its next record, tail \(tail), back after \(back.seconds) s, wall clock \(step) ms"
        case .coordinatorPause(let span): "the coordinator stands still for \(span.seconds) s"
        case .interruption(let back): "the job is interrupted, and resumed after \(back.seconds) s"
        case .partition(let slots, let direction, let isHeld, let span):
            "partition from workers \(slots.map { "\($0 + 1)" }.joined(separator: ",")) \(direction.rawValue) for "
                + "\(span.seconds) s, messages \(isHeld ? "held" : "lost")"
        case .slowLink(let slot, let delay, let span):
            "link of worker \(slot + 1) slower by \(delay.seconds) s for \(span.seconds) s"
        case .loss(let permille, let span): "\(permille) of 1000 messages lost for \(span.seconds) s"
        case .duplication(let permille, let span): "\(permille) of 1000 messages come twice for \(span.seconds) s"
        case .reordering(let delay, let span):
            "messages overtake by up to \(delay.seconds) s for \(span.seconds) s"
        }
    }
}

extension TailFate: CustomStringConvertible {
    package var description: String {
        switch self {
        case .lost: "lost"
        case .torn(let permille): "torn after \(permille) of 1000 bytes"
        case .kept: "kept"
        }
    }
}
