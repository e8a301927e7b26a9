import Coordination
import Foundation
import Synchronization
import Wire

/// The proxy between workers and coordinator, on a thread of its own.
final class Proxy: Sendable {
    private enum Order {
        case add(Toxic)
        case remove(Int)
        case reset(number: Int, workers: Set<String>)
    }

    private struct State {
        var orders: [Order] = []
        var counts: [Int: Int] = [:]
        var messages = 0
        var isEnding = false
        var failure: String?
    }

    /// Where workers connect.
    let endpoint: String

    private let target: String
    private let seed: UInt64
    private let wake: WakeSignal
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameter target: where the coordinator listens, sooner or later.
    init(listeningAt endpoint: String, target: String, seed: UInt64) throws {
        self.endpoint = endpoint
        self.target = target
        self.seed = seed
        wake = try WakeSignal()
        let began = DispatchSemaphore(value: 0)
        let thread = Thread { [self] in
            do {
                let relay = try Relay(
                    context: try Context(),
                    listeningAt: try Endpoint(endpoint),
                    target: try Endpoint(target),
                    wake: wake
                )
                began.signal()
                try run(relay)
            } catch {
                state.withLock { $0.failure = "\(error)" }
                began.signal()
            }
            ended.signal()
        }
        thread.name = "proxy"
        thread.start()
        began.wait()
        if let failure { throw ChaosError(.fleet, "no proxy", at: endpoint, fix: failure) }
    }

    /// What ended it before its time.
    var failure: String? { state.withLock { $0.failure } }

    /// Messages that came by.
    var messages: Int { state.withLock { $0.messages } }

    /// How many messages or connections a fault was done to.
    func count(of number: Int) -> Int { state.withLock { $0.counts[number] ?? 0 } }

    func add(_ toxic: Toxic) { order(.add(toxic)) }

    func remove(_ number: Int) { order(.remove(number)) }

    func reset(_ number: Int, workers: Set<String>) { order(.reset(number: number, workers: workers)) }

    func end() {
        state.withLock { $0.isEnding = true }
        wake.wake()
        _ = ended.wait(timeout: .now() + 5)
    }

    private func order(_ order: Order) {
        state.withLock { $0.orders.append(order) }
        wake.wake()
    }

    private func run(_ relay: Relay) throws {
        let clock = ContinuousClock()
        let began = clock.now
        var carrier = Carrier(relay: relay, tampering: Tampering(seed: seed))
        while !state.withLock({ $0.isEnding }) {
            let passages = try relay.poll(timeout: carrier.wait(at: (clock.now - began).inSeconds))
            let now = (clock.now - began).inSeconds
            for order in takeOrders() { carry(out: order, &carrier) }
            try carrier.take(passages, at: now)
            try carrier.deliver(at: now)
            state.withLock { state in
                state.messages += passages.count
                state.counts.merge(carrier.tampering.counts) { $1 }
            }
        }
    }

    private func takeOrders() -> [Order] {
        state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
    }

    private func carry(out order: Order, _ carrier: inout Carrier) {
        switch order {
        case .add(let toxic): carrier.tampering.add(toxic)
        case .remove(let number): carrier.tampering.remove(number)
        case .reset(let number, let workers):
            let count = carrier.disconnect(workers)
            state.withLock { $0.counts[number, default: 0] += count }
        }
    }
}

/// The messages that are under way in a proxy.
private struct Carrier {
    /// The longest time for which nothing is looked at: a worker that was not heard for so long has its connection closed.
    private static let silence = 30.0

    let relay: Relay
    var tampering: Tampering
    private var names: [WorkerID: String] = [:]
    private var lastHeard: [WorkerID: Double] = [:]
    private var held: [Tampering.Delivery] = []

    init(relay: Relay, tampering: Tampering) {
        self.relay = relay
        self.tampering = tampering
    }

    /// How long nothing needs to be done.
    func wait(at now: Double) -> Duration {
        let next = held.map(\.time).min().map { max(0, $0 - now) } ?? 1
        return .seconds(min(next, 1))
    }

    mutating func take(_ passages: [Relay.Passage], at now: Double) throws {
        for passage in passages {
            if passage.direction == .toCoordinator {
                lastHeard[passage.worker] = now
                if names[passage.worker] == nil { names[passage.worker] = passage.request?.name }
            }
            for delivery in tampering.pass(passage, of: names[passage.worker] ?? "", at: now) {
                if delivery.time <= now { try relay.send(delivery.passage) } else { held.append(delivery) }
            }
        }
        for (worker, heard) in lastHeard where now - heard > Self.silence { forget(worker) }
    }

    mutating func deliver(at now: Double) throws {
        guard held.contains(where: { $0.time <= now }) else { return }
        let due = held.enumerated().filter { $0.element.time <= now }
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        held.removeAll { $0.time <= now }
        for (_, delivery) in due { try relay.send(delivery.passage) }
    }

    /// - Returns: how many connections there were.
    func disconnect(_ workers: Set<String>) -> Int {
        let concerned = names.filter { workers.contains($0.value) && lastHeard[$0.key] != nil }.keys
        for worker in concerned { relay.disconnect(worker) }
        return concerned.count
    }

    private mutating func forget(_ worker: WorkerID) {
        relay.disconnect(worker)
        names[worker] = nil
        lastHeard[worker] = nil
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
