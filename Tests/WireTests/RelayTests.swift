import Coordination
import Testing

@testable import Wire

struct RelayTests {
    @Test func `what a worker does not read waits, keeps its order, and fails nothing`() throws {
        let context = try Context()
        let coordinator = try CoordinatorSocket(
            context: context,
            entrances: [Entrance([try Endpoint("tcp://127.0.0.1:0")], security: .plain)],
            linger: .zero
        )
        let relay = try Relay(
            context: context,
            listeningAt: try Endpoint("tcp://127.0.0.1:0"),
            target: try Endpoint(coordinator.boundEndpoints[0])
        )
        let worker = WorkerID(7)
        let socket = try WorkerSocket(
            context: context,
            worker: worker,
            endpoint: try Endpoint(relay.endpoint),
            security: .plain,
            linger: .zero
        )
        try socket.send(Envelope(term: Term(1), message: .leave))
        var heard: [Relay.Passage] = []
        for _ in 0..<500 where heard.isEmpty { heard = try relay.poll(timeout: .milliseconds(20)) }
        #expect(heard.map(\.worker) == [worker])

        // More than libzmq keeps for one peer, and than the system holds besides.
        let count = WireLimit.unreadMessages + 1500
        let status = Message.status(String(repeating: "x", count: 10_000))
        let passages = try (0..<7 as Range<UInt64>).map { term in
            let encoder = try EnvelopeEncoder(Envelope(term: Term(term), message: status), transfer: 1)
            return Relay.Passage(direction: .toWorkers, worker: worker, frames: encoder.messages[0].map(\.bytes))
        }
        for number in 0..<count { try relay.send(passages[number % passages.count]) }
        var received = 0
        var isInOrder = true
        for _ in 0..<20_000 where received < count {
            _ = try relay.poll(timeout: .zero)
            for case .envelope(let envelope) in try socket.poll(timeout: .milliseconds(1)) {
                isInOrder = isInOrder && envelope.term == Term(UInt64(received % passages.count))
                received += 1
            }
        }
        #expect(received == count && isInOrder)
    }
}
