import CZeroMQ
import Coordination
import Foundation
import Testing

@testable import Wire

/// Sockets with keys on loopback ports, all used by the test's own thread.
@Suite(.serialized)
struct ClosedDoorTests {
    private let context: Context
    private let server: KeyPair
    private let known: KeyPair
    private let gatekeeper: Gatekeeper
    private let coordinator: CoordinatorSocket
    private let path = "ipc://\(FileManager.default.temporaryDirectory.path)/wire-\(UUID().uuidString).sock"
    private let envelope = Samples.envelope(.acknowledgement)

    init() throws {
        context = try Context()
        server = try .generate()
        known = try .generate()
        gatekeeper = try Gatekeeper(context, allowing: AllowList([known.open]))
        coordinator = try CoordinatorSocket(
            context: context,
            entrances: [
                Entrance([Endpoint(path)], security: .plain),
                Entrance([Endpoint("tcp://127.0.0.1:0")], security: .server(server, gatekeeper)),
            ],
            linger: .zero
        )
    }

    /// With a context of its own, as another process has.
    private func worker(_ id: UInt64, _ security: Security, at place: Int = 1) throws -> WorkerSocket {
        try WorkerSocket(
            context: Context(),
            worker: WorkerID(id),
            endpoint: Endpoint(coordinator.boundEndpoints[place]),
            security: security,
            linger: .zero
        )
    }

    /// Polls both ends in turn, for far longer than any of this takes, until the worker is heard.
    ///
    /// - Throws: what the worker's poll does.
    private func isHeard(_ worker: WorkerSocket, as id: UInt64) throws -> Bool {
        try worker.send(envelope)
        for _ in 0..<1000 {
            for incoming in try coordinator.poll(timeout: .milliseconds(10)) {
                // Of the worker that was there before.
                if case .disconnected = incoming { continue }
                #expect(incoming == .envelope(envelope, from: WorkerID(id)))
                return true
            }
            _ = try worker.poll(timeout: .milliseconds(10))
        }
        return false
    }

    private func expectRefused(_ worker: WorkerSocket, _ text: String) {
        #expect {
            _ = try isHeard(worker, as: 0)
        } throws: {
            ($0 as? WireError)?.code == .keyRefused && "\($0)".contains(text)
        }
    }

    @Test func `a known key is let in, and answered; the local fleet needs none`() throws {
        let remote = try worker(1, .client(known, coordinator: server.open))
        #expect(try isHeard(remote, as: 1))
        let local = try worker(2, .plain, at: 0)
        #expect(try isHeard(local, as: 2))
        for (id, socket) in [(1, remote), (2, local)] as [(UInt64, WorkerSocket)] {
            try coordinator.send(Samples.envelope(.rejoin), to: WorkerID(id))
            var answer: [WorkerSocket.Incoming] = []
            for _ in 0..<500 where answer.isEmpty { answer = try socket.poll(timeout: .milliseconds(20)) }
            #expect(answer == [.envelope(Samples.envelope(.rejoin))])
        }
    }

    @Test func `an unknown key is refused by name until it is on the list`() throws {
        let other = try KeyPair.generate()
        expectRefused(try worker(3, .client(other, coordinator: server.open)), other.open.description)
        let refusals = gatekeeper.takeRefusals()
        #expect(refusals.count == 1)
        #expect(refusals.first?.contains(other.open.description) == true)
        #expect(refusals.first?.contains("127.0.0.1") == true)
        gatekeeper.use(AllowList([other.open]))
        #expect(try isHeard(worker(3, .client(other, coordinator: server.open)), as: 3))
        expectRefused(try worker(4, .client(known, coordinator: server.open)), known.open.description)
    }

    @Test func `a worker without keys is refused, and told that it needs them`() throws {
        expectRefused(try worker(5, .plain), "pass --keys and --coordinator-key")
    }

    @Test func `a worker does not speak to a coordinator that has another key`() throws {
        expectRefused(try worker(6, .client(known, coordinator: KeyPair.generate().open)), "check --coordinator-key")
    }

    @Test func `a known key with another's secret is not let in`() throws {
        let forged = ForgedKeys(shown: known.open, secret: try KeyPair.generate().secret)
        let socket = try forged.connect(context: Context(), to: coordinator.boundEndpoints[1], server.open)
        try socket.send([1][...], more: false)
        for _ in 0..<50 { #expect(try coordinator.poll(timeout: .milliseconds(20)).isEmpty) }
    }

    @Test func `a worker does not speak to a coordinator without keys`() throws {
        let open = try CoordinatorSocket(
            context: context,
            entrances: [Entrance([Endpoint("tcp://127.0.0.1:0")], security: .plain)],
            linger: .zero
        )
        let socket = try WorkerSocket(
            context: Context(),
            worker: WorkerID(7),
            endpoint: Endpoint(open.boundEndpoints[0]),
            security: .client(known, coordinator: server.open),
            linger: .zero
        )
        expectRefused(socket, "the coordinator has none")
        #expect(try open.poll(timeout: .zero).isEmpty)
    }

    @Test func `nobody takes a local worker's name from outside`() throws {
        let local = try worker(8, .plain, at: 0)
        #expect(try isHeard(local, as: 8))
        let thief = try worker(8, .client(known, coordinator: server.open))
        try thief.send(envelope)
        var incoming: [CoordinatorSocket.Incoming] = []
        for _ in 0..<500 where incoming.isEmpty { incoming = try coordinator.poll(timeout: .milliseconds(20)) }
        #expect(incoming == [.malformed(nil, .malformed("a peer that is no worker"))])
    }

    @Test func `a key that is taken off the list is not listened to any more`() throws {
        let remote = try worker(10, .client(known, coordinator: server.open))
        #expect(try isHeard(remote, as: 10))
        gatekeeper.use(AllowList([]))
        try remote.send(envelope)
        var incoming: [CoordinatorSocket.Incoming] = []
        for _ in 0..<500 where incoming.isEmpty { incoming = try coordinator.poll(timeout: .milliseconds(20)) }
        guard case .malformed(WorkerID(10), let error) = incoming.first else {
            Issue.record("\(incoming)")
            return
        }
        #expect(error.code == .keyRefused && error.message.contains(known.open.description))
        // It can be told, and it can come back.
        try coordinator.send(Samples.envelope(.rejoin), to: WorkerID(10))
        gatekeeper.use(AllowList([known.open]))
        #expect(try isHeard(remote, as: 10))
    }

    @Test func `a context has one gatekeeper`() throws {
        #expect(throws: WireError.self) { try Gatekeeper(context, allowing: AllowList([])) }
    }
}

/// A client that shows a key whose secret it does not have.
private struct ForgedKeys {
    let shown: PublicKey
    let secret: SecretKey

    func connect(context: Context, to endpoint: String, _ server: PublicKey) throws -> Socket {
        let socket = try Socket(.dealer, context)
        try socket.set(ZMQ_LINGER, Int32(0))
        try socket.set(ZMQ_CURVE_SERVERKEY, server.bytes)
        try socket.set(ZMQ_CURVE_PUBLICKEY, shown.bytes)
        try socket.set(ZMQ_CURVE_SECRETKEY, secret.bytes)
        try socket.set(ZMQ_ROUTING_ID, WorkerID(9).routingIdentity)
        try socket.connect(endpoint)
        return socket
    }
}
