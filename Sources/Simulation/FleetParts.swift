package import Clustering
package import Coordination

/// The coordinator's decisions, as its shell drives them.
package protocol CoordinatorMachine {
    mutating func handle(_ event: Event, at now: Instant) -> [Effect]
    var nextDeadline: Instant? { get }
    func invariants() -> String?
}

extension Coordinator: CoordinatorMachine {}

/// A worker's decisions, as its shell drives them.
package protocol WorkerMachine {
    mutating func handle(_ event: WorkerEvent, at now: Instant) -> [WorkerEffect]
    /// The term that its messages carry.
    var term: Term? { get }
    var nextDeadline: Instant? { get }
}

extension Worker: WorkerMachine {}

/// What a simulated fleet is made of: the machines that the services drive, unless a test puts broken ones in their place.
package struct FleetParts: Sendable {
    package var coordinator: @Sendable (Term, FleetSettings, Instant) -> any CoordinatorMachine
    package var worker: @Sendable (WorkerSettings, Instant) -> any WorkerMachine
    /// Draws the identity of a process of the worker in a slot, of which it is the `process`-th. The upper half is the slot's
    /// number from 1.
    package var identity: @Sendable (_ slot: Int, _ process: Int) -> WorkerID
    package var merge: @Sendable (inout Partial, Partial) -> Void

    package init() {
        coordinator = { Coordinator(term: $0, settings: $1, at: $2) }
        worker = { Worker(settings: $0, at: $1) }
        identity = { WorkerID(UInt64($0 + 1) << 32 | UInt64($1)) }
        merge = { $0.merge($1) }
    }
}
