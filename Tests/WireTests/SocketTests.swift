import CZeroMQ
import Coordination
import Foundation
import Glibc
import Testing

@testable import Wire

/// Sockets of one process on paths and loopback ports, all used by the test's own thread.
@Suite(.serialized)
struct SocketTests {
    private let worker = WorkerID(0x0123_4567_89ab_cdef)

    private static func temporaryPath() -> String {
        "ipc://\(FileManager.default.temporaryDirectory.path)/wire-\(UUID().uuidString).sock"
    }

    private func coordinator(_ context: Context, _ endpoints: [String]) throws -> CoordinatorSocket {
        try CoordinatorSocket(
            context: context,
            entrances: [Entrance(endpoints.map { try Endpoint($0) }, security: .plain)],
            linger: .zero
        )
    }

    private func connect(_ context: Context, _ endpoint: String, as id: WorkerID? = nil) throws -> WorkerSocket {
        try WorkerSocket(
            context: context,
            worker: id ?? worker,
            endpoint: Endpoint(endpoint),
            security: .plain,
            linger: .zero
        )
    }

    /// Polls until `enough`, or until far more time has passed than any of this takes.
    private func gather<Incoming>(
        _ poll: (Duration?) throws -> [Incoming],
        until enough: ([Incoming]) -> Bool
    ) throws -> [Incoming] {
        var all: [Incoming] = []
        for _ in 0..<500 where !enough(all) {
            all += try poll(.milliseconds(20))
        }
        return all
    }

    private func receive(_ socket: CoordinatorSocket, _ count: Int) throws -> [CoordinatorSocket.Incoming] {
        try gather(socket.poll) { $0.count >= count }
    }

    private func receive(_ socket: WorkerSocket, _ count: Int) throws -> [WorkerSocket.Incoming] {
        try gather(socket.poll) { $0.count >= count }
    }

    /// Sends a join and waits for it, so that the coordinator knows the way to the worker.
    private func join(_ socket: WorkerSocket, _ coordinator: CoordinatorSocket, as id: WorkerID) throws {
        let envelope = Samples.envelope(.acknowledgement)
        try socket.send(envelope)
        #expect(try receive(coordinator, 1) == [.envelope(envelope, from: id)])
    }

    @Test(arguments: ["tcp://127.0.0.1:0", "tcp://*:0", "tcp://localhost:0", "tcp://[::1]:0", temporaryPath()])
    func `a message with 5 MiB goes there and back`(endpoint: String) throws {
        let context = try Context()
        let coordinator = try coordinator(context, [endpoint])
        let bound = coordinator.boundEndpoints[0].replacing("0.0.0.0", with: "127.0.0.1").replacing(
            "[::]",
            with: "[::1]"
        )
        #expect(try Endpoint(bound).isConnectable)
        coordinator.admit(worker)
        let socket = try connect(context, bound)
        let envelope = Samples.envelope([Samples.tensor(5 << 20), Samples.tensor(3, named: "counts")])
        let bytes = try socket.send(envelope)
        let alive = [CoordinatorSocket.Incoming](repeating: .alive(worker), count: 6)
        #expect(try receive(coordinator, 7) == alive + [.envelope(envelope, from: worker)])
        #expect(socket.traffic.sent.others == Traffic.Count(messages: 7, bytes: bytes))
        #expect(coordinator.traffic.received == socket.traffic.sent)

        let small = Samples.envelope([Samples.tensor(40), Samples.tensor(0, named: "none")])
        #expect(try coordinator.send(envelope, to: worker) == bytes)
        try coordinator.send(small, to: worker)
        try coordinator.send(Samples.envelope(.acknowledgement), to: worker)
        let incoming = try receive(socket, 9)
        #expect(incoming.prefix(6) == [.alive, .alive, .alive, .alive, .alive, .alive])
        #expect(
            Array(incoming.dropFirst(6)) == [
                .envelope(envelope), .envelope(small), .envelope(Samples.envelope(.acknowledgement)),
            ]
        )
        #expect(socket.traffic.received == coordinator.traffic.sent)
        #expect(socket.traffic.received.heartbeats.messages == 1)
    }

    @Test func `nothing is put together for a peer that is no member`() throws {
        let context = try Context()
        let coordinator = try coordinator(context, ["tcp://127.0.0.1:0"])
        let socket = try connect(context, coordinator.boundEndpoints[0])
        let envelope = Samples.envelope(.acknowledgement, [Samples.tensor(3 << 20)])
        let bare = CoordinatorSocket.Incoming.envelope(Samples.envelope(.acknowledgement), from: worker)
        let alive = [CoordinatorSocket.Incoming](repeating: .alive(worker), count: 3)
        try socket.send(envelope)
        #expect(try receive(coordinator, 4) == alive + [bare])
        coordinator.admit(worker)
        try socket.send(envelope)
        #expect(try receive(coordinator, 4) == alive + [.envelope(envelope, from: worker)])
        coordinator.forget(worker)
        try socket.send(envelope)
        #expect(try receive(coordinator, 4) == alive + [bare])
    }

    @Test func `what a peer does not read is held for it up to a bound`() throws {
        let context = try Context()
        let coordinator = try coordinator(context, ["tcp://127.0.0.1:0"])
        let deaf = try Socket(.dealer, context)
        try deaf.set(ZMQ_LINGER, Int32(0))
        try deaf.set(ZMQ_RCVHWM, Int32(1))
        try deaf.set(ZMQ_ROUTING_ID, worker.routingIdentity)
        try deaf.connect(coordinator.boundEndpoints[0])
        try deaf.send(EnvelopeHeader(body: .message(.leave)).encoded()[...], more: false)
        _ = try receive(coordinator, 1)
        let envelope = Samples.envelope(.acknowledgement, [Samples.tensor(16 << 10)])
        #expect {
            // More than libzmq and the kernel hold between them.
            for _ in 0..<4 * WireLimit.unreadMessages { try coordinator.send(envelope, to: worker) }
        } throws: {
            ($0 as? WireError)?.code == .unroutable
        }
    }

    @Test func `connections that come to nothing are counted in one line`() throws {
        let context = try Context()
        let coordinator = try coordinator(context, ["tcp://127.0.0.1:0"])
        let endpoint = coordinator.boundEndpoints[0]
        let socket = try connect(context, endpoint)
        try join(socket, coordinator, as: worker)
        let port = try #require(UInt16(endpoint.split(separator: ":").last ?? ""))
        for _ in 0..<3 { close(try connect(to: port, sending: [0xff, 1, 2])) }
        var lines: [String] = []
        for _ in 0..<100 where lines.isEmpty {
            _ = try coordinator.poll(timeout: .milliseconds(20))
            lines = coordinator.takeStrangers()
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("strangers refused: tcp://127.0.0.1:") == true)
        #expect(lines.first?.contains("3 connections that were not a worker's") == true)
        // A worker that ends is none.
        _ = consume socket
        for _ in 0..<10 { _ = try coordinator.poll(timeout: .milliseconds(20)) }
        #expect(coordinator.takeStrangers(isLast: true).isEmpty)
    }

    @Test func `one socket listens at several endpoints, and tells its workers apart`() throws {
        let context = try Context()
        let coordinator = try coordinator(context, ["tcp://127.0.0.1:0", Self.temporaryPath()])
        let first = try connect(context, coordinator.boundEndpoints[0], as: WorkerID(1))
        let second = try connect(context, coordinator.boundEndpoints[1], as: WorkerID(.max))
        try join(first, coordinator, as: WorkerID(1))
        try join(second, coordinator, as: WorkerID(.max))
        try coordinator.send(Samples.envelope(.rejoin), to: WorkerID(.max))
        #expect(try receive(second, 1) == [.envelope(Samples.envelope(.rejoin))])
        #expect(try first.poll(timeout: .zero).isEmpty)
    }

    @Test func `a worker that is not there cannot be sent to`() throws {
        let coordinator = try coordinator(Context(), ["tcp://127.0.0.1:0"])
        #expect {
            try coordinator.send(Samples.envelope(.leave), to: worker)
        } throws: {
            ($0 as? WireError)?.code == .unroutable && "\($0)".contains("worker 0123456789abcdef")
        }
    }

    @Test(arguments: ["tcp", "ipc"])
    func `an address in use is refused by name`(scheme: String) throws {
        let context = try Context()
        let first = try coordinator(context, [scheme == "tcp" ? "tcp://127.0.0.1:0" : Self.temporaryPath()])
        let endpoint = first.boundEndpoints[0]
        #expect {
            try coordinator(context, [endpoint])
        } throws: {
            ($0 as? WireError)?.code == .addressInUse
                && "\($0)".hasPrefix("cannot listen: \(endpoint): the address is in use; choose another")
        }
        let socket = try connect(context, endpoint)
        try join(socket, first, as: worker)
    }

    @Test func `what cannot be listened on is refused by name`() throws {
        let context = try Context()
        for endpoint in ["tcp://192.0.2.1:0", "ipc:///nowhere/at/all.sock"] {
            #expect { try coordinator(context, [endpoint]) } throws: { ($0 as? WireError)?.code == .cannotListen }
        }
        #expect {
            try coordinator(context, ["tcp://no-such-interface:0"])
        } throws: {
            ($0 as? WireError)?.code == .unresolved
        }
        #expect { try connect(context, "tcp://*:1") } throws: { ($0 as? WireError)?.code == .cannotConnect }
    }

    @Test func `a file that is no socket is left alone`() throws {
        let endpoint = Self.temporaryPath()
        let path = String(endpoint.dropFirst(6))
        try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let context = try Context()
        #expect { try coordinator(context, [endpoint]) } throws: { "\($0)".contains("there is a file already") }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("mine".utf8))
    }

    @Test func `the wake signal ends a wait`() throws {
        let wake = try WakeSignal()
        let socket = try CoordinatorSocket(
            context: Context(),
            entrances: [Entrance([Endpoint("tcp://127.0.0.1:0")], security: .plain)],
            wake: wake,
            linger: .zero
        )
        Thread.detachNewThread { wake.wake() }
        // Without the signal this would never return.
        #expect(try socket.poll(timeout: nil).isEmpty)
        wake.wake()
        wake.wake()
        #expect(try socket.poll(timeout: nil).isEmpty)
    }

    @Test func `frames that make no sense are told of, and others go on`() throws {
        let context = try Context()
        let coordinator = try coordinator(context, ["tcp://127.0.0.1:0"])
        let endpoint = coordinator.boundEndpoints[0]
        let socket = try connect(context, endpoint)
        try join(socket, coordinator, as: worker)
        let stranger = try Socket(.dealer, context)
        try stranger.set(ZMQ_LINGER, Int32(0))
        try stranger.connect(endpoint)
        let enemy = try Socket(.dealer, context)
        try enemy.set(ZMQ_LINGER, Int32(0))
        try enemy.set(ZMQ_ROUTING_ID, WorkerID(66).routingIdentity)
        try enemy.connect(endpoint)
        var random = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let frames = Int.random(in: 1...4, using: &random)
            for frame in 1...frames {
                let count = Int.random(in: 0..<200, using: &random)
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                try stranger.send(bytes[...], more: frame < frames)
                try enemy.send(bytes[...], more: frame < frames)
            }
        }
        let header = EnvelopeSeal.sealed(
            try EnvelopeHeader(
                tensors: [TensorHeader(name: "t", elementType: .uint8, shape: [4], byteCount: 4, checksum: 0)],
                body: .message(.leave)
            ).encoded()
        )
        try enemy.send(header[...], more: false)
        try enemy.send(header[...], more: true)
        try enemy.send([1, 2, 3, 4], more: false)
        try enemy.send(EnvelopeSeal.sealed(EnvelopeHeader(body: .message(.leave)).encoded())[...], more: true)
        try enemy.send([1], more: false)
        let incoming = try receive(coordinator, 403)
        let strangers = incoming.filter { if case .malformed(nil, _) = $0 { true } else { false } }
        let enemies = incoming.filter { if case .malformed(WorkerID(66), _) = $0 { true } else { false } }
        #expect(strangers.count == 200)
        #expect(enemies.count == 203)
        let reasons = enemies.suffix(3).map { "\($0)" }
        #expect(reasons[0].contains("without its bytes"))
        #expect(reasons[1].contains("does not match its checksum"))
        #expect(reasons[2].contains("frames that nothing announced"))
        try join(socket, coordinator, as: worker)
    }

    @Test func `raw bytes and frames that are too large cost their sender its connection only`() throws {
        let context = try Context()
        let coordinator = try coordinator(context, ["tcp://127.0.0.1:0"])
        let endpoint = coordinator.boundEndpoints[0]
        let socket = try connect(context, endpoint)
        try join(socket, coordinator, as: worker)
        let port = try #require(UInt16(endpoint.split(separator: ":").last ?? ""))
        // libzmq takes text for the framing of its oldest version, and hands on what it finds.
        let text = try connect(to: port, sending: Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        defer { close(text) }
        let greeting = [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0] + [UInt8](repeating: 0x41, count: 300)
        let greeter = try connect(to: port, sending: greeting)
        defer { close(greeter) }
        #expect(isHungUp(greeter))

        let large = try Socket(.dealer, context)
        try large.set(ZMQ_LINGER, Int32(0))
        try large.set(ZMQ_ROUTING_ID, WorkerID(66).routingIdentity)
        try large.connect(endpoint)
        try large.send([UInt8](repeating: 0, count: WireLimit.frameBytes + 1)[...], more: false)
        // It connects again by itself; what it sends until then can be lost with its connection.
        let refused = CoordinatorSocket.Incoming.malformed(WorkerID(66), .malformed("an envelope without its checksum"))
        let incoming: [CoordinatorSocket.Incoming] = try gather {
            try large.send([1, 2, 3], more: false)
            return try coordinator.poll(timeout: $0)
        } until: {
            $0.contains(refused)
        }
        #expect(incoming.contains(refused))
        let others = incoming.filter { if case .malformed = $0 { false } else { true } }
        #expect(others.allSatisfy { $0 == .disconnected(WorkerID(66)) })
        let envelope = Samples.envelope(.acknowledgement)
        try socket.send(envelope)
        let rest = try gather(coordinator.poll) { $0.contains(.envelope(envelope, from: worker)) }
        #expect(rest.contains(.envelope(envelope, from: worker)))
        #expect(coordinator.traffic.received.others.bytes < WireLimit.frameBytes)
    }

    /// A plain TCP connection on which some bytes were sent.
    private func connect(to port: UInt16, sending bytes: [UInt8]) throws -> Int32 {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(connected)
        try #require(unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
        return descriptor
    }

    /// Whether the other end closes the connection.
    private func isHungUp(_ descriptor: Int32) -> Bool {
        var timeout = timeval()
        timeout.tv_sec = 10
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var answer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &answer, answer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return true }
            if count < 0 { return false }
        }
    }
}

struct RoutingIdentityTests {
    @Test func `is a mark and the number, most significant byte first`() {
        let id = WorkerID(0x0102_0304_0506_0708)
        #expect(id.routingIdentity == [0x43, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(WorkerID(routingIdentity: id.routingIdentity) == id)
        #expect(WorkerID(routingIdentity: [0x44, 1, 2, 3, 4, 5, 6, 7, 8]) == nil)
        #expect(WorkerID(routingIdentity: [0x43, 1, 2, 3, 4, 5, 6, 7]) == nil)
        #expect(WorkerID(routingIdentity: []) == nil)
    }
}
