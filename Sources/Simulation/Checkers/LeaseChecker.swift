import Coordination

/// No lease is held twice beyond the stated bound.
///
/// Within a term a block is leased to one worker, or, once that lease is as old as `straggler`, to one more. A lease has
/// ended when its blocks are answered, when it is revoked, and when its worker is gone, leaves, is sent away, joins again or
/// is not heard for `suspicion`. A worker that does not know yet goes on, but no longer than until it reads that its lease was revoked, or
/// gives up its coordinator.
struct LeaseChecker {
    static let name = "lease"

    private struct Holding {
        let lease: Lease
        let worker: WorkerID
        let granted: Microseconds
        var end: Microseconds?
    }

    private struct Name: Hashable {
        let term: Term
        let lease: LeaseID
    }

    private let suspicion: Microseconds
    private let straggler: Microseconds
    /// For how long a worker may go on with a lease that has ended.
    private let bound: Microseconds
    private var term = Term(0)
    private var holdings: [Holding] = []
    private var heard: [WorkerID: Microseconds] = [:]
    /// The last record: while it was written, nothing was sent.
    private var record = (began: 0, ended: 0)
    private var ends: [Name: Microseconds] = [:]
    /// Leases that their workers have said they work on, and of those the ones that they then read were revoked. A revocation
    /// that overtakes its grant means nothing to a worker, which then works in vain.
    private var said: Set<Name> = []
    private var revoked: Set<Name> = []

    /// - Parameter slack: how long a worker may stand still and a message be on its way.
    init(_ timing: FleetTiming, deathTimeout: Duration, slack: Microseconds) {
        // Clocks differ: what a coordinator takes for so long may be a little less.
        let allowance = { (span: Duration) in
            span.inMicroseconds * (1_000_000 - SimulationOptions.largestDrift) / 1_000_000 - 1
        }
        suspicion = allowance(timing.suspicion)
        straggler = allowance(timing.straggler)
        bound = 2 * deathTimeout.inMicroseconds + slack
    }

    mutating func see(_ observation: Observation, at now: Microseconds) -> String? {
        switch observation {
        case .lifeBegan(let term, _, _):
            end(at: now) { _ in true }
            self.term = term
            heard = [:]
        case .recording:
            record.began = now
        case .recorded:
            record.ended = now
        case .departed(let worker):
            end(at: now) { $0.worker == worker }
        case .advanced:
            end(at: now) { _ in true }
            holdings = []
        case .merged(let answer):
            end(at: now) { $0.lease.blocks.overlaps(answer.blocks) }
        case .read(let packet) where packet.direction == .toCoordinator:
            read(packet, at: now)
        case .read(let packet):
            if case .revoke(let id) = packet.message, said.contains(Name(term: packet.term, lease: id)) {
                revoked.insert(Name(term: packet.term, lease: id))
            }
        case .sent(let packet):
            return packet.direction == .toWorker ? give(packet, at: now) : work(packet, at: now)
        default: break
        }
        return nil
    }

    private mutating func end(at now: Microseconds, where ends: (Holding) -> Bool) {
        for index in holdings.indices where holdings[index].end == nil && ends(holdings[index]) {
            holdings[index].end = now
            self.ends[Name(term: term, lease: holdings[index].lease.id)] = now
        }
    }

    private mutating func read(_ packet: Packet, at now: Microseconds) {
        // Silent for so long, it may have been taken for lost before this was read.
        if now - (heard[packet.worker] ?? now) >= suspicion { end(at: now) { $0.worker == packet.worker } }
        heard[packet.worker] = now
        switch packet.message {
        case .join, .leave, .unable: end(at: now) { $0.worker == packet.worker }
        default: break
        }
    }

    private mutating func give(_ packet: Packet, at now: Microseconds) -> String? {
        switch packet.message {
        case .revoke(let id):
            end(at: now) { $0.lease.id == id && $0.worker == packet.worker }
        case .refusal:
            end(at: now) { $0.worker == packet.worker }
        case .grant(let lease):
            let heard = heard
            let suspicion = suspicion
            end(at: now) { now - (heard[$0.worker] ?? .min / 2) >= suspicion }
            let others = holdings.filter { $0.end == nil && $0.lease.blocks.overlaps(lease.blocks) }
            let isIdle = !holdings.contains { $0.end == nil && $0.worker == packet.worker }
            // What a record held up was granted before it.
            let granted = record.ended == now ? record.began : now
            holdings.append(Holding(lease: lease, worker: packet.worker, granted: granted))
            return isIdle
                ? complaint(of: lease, others, at: now)
                : "worker \(packet.worker) was granted \(lease.summary) while it held another"
        default: break
        }
        return nil
    }

    private func complaint(of lease: Lease, _ others: [Holding], at now: Microseconds) -> String? {
        guard let other = others.first else { return nil }
        guard others.count == 1 else { return "\(lease.summary) is held by \(others.count) workers already" }
        guard other.lease.blocks == lease.blocks else { return "\(lease.summary) overlaps \(other.lease.summary)" }
        let age = now - other.granted
        return age >= straggler ? nil : "\(lease.summary) was copied when \(other.lease.id) was \(age.seconds) s old"
    }

    /// A worker says that it works on a lease, or answers it.
    private mutating func work(_ packet: Packet, at now: Microseconds) -> String? {
        let lease: LeaseID
        switch packet.message {
        case .heartbeat(let beat):
            guard let held = beat.lease else { return nil }
            lease = held
        case .partial(let notice): lease = notice.lease.id
        default: return nil
        }
        let name = Name(term: packet.term, lease: lease)
        if revoked.contains(name) {
            return "worker \(packet.worker) works on lease \(lease), which it knows to be revoked"
        }
        said.insert(name)
        guard let end = ends[name], now - end > bound else { return nil }
        return "worker \(packet.worker) works on lease \(lease) that ended \((now - end).seconds) s ago"
    }
}
