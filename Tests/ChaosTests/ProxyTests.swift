import Coordination
import Testing
import Wire

@testable import Chaos

/// A coordinator's and a worker's socket with the proxy between them, over loopback.
@Suite(.serialized) struct ProxyTests {
    private let worker = WorkerID(0xC0FFEE)

    private func withProxy(_ body: (Proxy, CoordinatorSocket, WorkerSocket) throws -> Void) throws {
        let ports = try FreePorts.choose(2)
        let context = try Context()
        let coordinator = try CoordinatorSocket(
            context: context,
            entrances: [Entrance([try Endpoint("tcp://127.0.0.1:\(ports[0])")], security: .plain)],
            linger: .zero
        )
        let proxy = try Proxy(
            listeningAt: "tcp://127.0.0.1:\(ports[1])",
            target: "tcp://127.0.0.1:\(ports[0])",
            seed: 1
        )
        defer { proxy.end() }
        let socket = try WorkerSocket(
            context: context,
            worker: worker,
            endpoint: try Endpoint(proxy.endpoint),
            security: .plain,
            linger: .zero
        )
        try socket.send(Envelope(term: Term(0), message: .join(request)))
        let joined = try received(coordinator, until: { !$0.isEmpty })
        #expect(joined == [.envelope(Envelope(term: Term(0), message: .join(request)), from: worker)])
        try body(proxy, coordinator, socket)
    }

    private var request: JoinRequest { JoinRequest(name: "a", process: 1, threads: 1, fingerprint: "") }

    private func received(
        _ socket: CoordinatorSocket,
        until isEnough: ([CoordinatorSocket.Incoming]) -> Bool
    ) throws -> [CoordinatorSocket.Incoming] {
        var all: [CoordinatorSocket.Incoming] = []
        for _ in 0..<500 where !isEnough(all) { all += try socket.poll(timeout: .milliseconds(20)) }
        return all
    }

    @Test func `messages go both ways under the worker's own name`() throws {
        try withProxy { proxy, coordinator, socket in
            let tensor = WireTensor(name: "t", shape: [3 << 20], .uint8(.init(repeating: 5, count: 3 << 20)))
            let welcome = Envelope(term: Term(1), message: .acknowledgement, tensors: [tensor])
            try coordinator.send(welcome, to: worker)
            var answer: [WorkerSocket.Incoming] = []
            for _ in 0..<500 where answer.count < 4 { answer += try socket.poll(timeout: .milliseconds(20)) }
            #expect(answer == [.alive, .alive, .alive, .envelope(welcome)])
            #expect(proxy.messages == 5)
        }
    }

    @Test func `a flipped bit is noticed, whatever it is in, and what follows gets through`() throws {
        try withProxy { proxy, coordinator, socket in
            var rule = FaultRule(.bitFlip, .all)
            rule.direction = .toCoordinator
            proxy.add(Toxic(number: 9, rule: rule, workers: ["a"]))
            for number in 0..<100 {
                let beat = Heartbeat(lease: LeaseID(UInt64(number)), finishedBlocks: number)
                try socket.send(Envelope(term: Term(3), message: .heartbeat(beat)))
            }
            let harmed = try received(coordinator) { $0.count >= 100 }
            let malformed = harmed.count { if case .malformed(worker, _) = $0 { true } else { false } }
            #expect(harmed.count == 100 && malformed == 100)
            #expect(proxy.count(of: 9) == 100)
            proxy.remove(9)
            // The order to the proxy is carried out before any message that comes after it is taken.
            try socket.send(Envelope(term: Term(3), message: .leave))
            #expect(
                try received(coordinator) { !$0.isEmpty } == [
                    .envelope(Envelope(term: Term(3), message: .leave), from: worker)
                ]
            )
        }
    }

    @Test func `a broken connection is noticed, and made again by the next message`() throws {
        try withProxy { proxy, coordinator, socket in
            proxy.reset(5, workers: ["a"])
            #expect(try received(coordinator) { !$0.isEmpty } == [.disconnected(worker)])
            // The coordinator may hear of it before the proxy has counted it.
            let end = ContinuousClock.now + .seconds(5)
            while proxy.count(of: 5) == 0 && ContinuousClock.now < end {}
            #expect(proxy.count(of: 5) == 1)
            try socket.send(Envelope(term: Term(3), message: .leave))
            #expect(
                try received(coordinator) { !$0.isEmpty } == [
                    .envelope(Envelope(term: Term(3), message: .leave), from: worker)
                ]
            )
        }
    }
}
