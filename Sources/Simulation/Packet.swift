import Clustering
import Coordination

/// A message on its way, with the arrays that go with it.
final class Packet {
    enum Payload {
        case nothing
        /// Of a `.partial`.
        case answer(Answer)
        /// Of a `.round`: those that its notice says are attached.
        case parameters([Parameter])
    }

    let worker: WorkerID
    let slot: Int
    let direction: VirtualNetwork.Direction
    let term: Term
    let message: Message
    let payload: Payload

    init(
        worker: WorkerID,
        slot: Int,
        direction: VirtualNetwork.Direction,
        term: Term,
        message: Message,
        payload: Payload
    ) {
        self.worker = worker
        self.slot = slot
        self.direction = direction
        self.term = term
        self.message = message
        self.payload = payload
    }

    var answer: Answer? {
        if case .answer(let answer) = payload { answer } else { nil }
    }

    var parameters: [Parameter] {
        if case .parameters(let parameters) = payload { parameters } else { [] }
    }
}

/// What a worker made of a lease, and what it is made of, whatever the notice says that goes with it.
struct Answer {
    /// In which it was given.
    let term: Term
    let round: UInt64
    let blocks: Range<Int>
    let partial: Partial
}
