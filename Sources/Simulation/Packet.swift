import Clustering
import Coordination

/// A message on its way, with the arrays that go with it.
struct Packet {
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

    var answer: Answer? {
        if case .answer(let answer) = payload { answer } else { nil }
    }

    var parameters: [Parameter] {
        if case .parameters(let parameters) = payload { parameters } else { [] }
    }
}

/// What a worker made of a lease, and what it is made of, whatever the notice says that goes with it.
struct Answer {
    let round: UInt64
    let blocks: Range<Int>
    let partial: Partial
}
