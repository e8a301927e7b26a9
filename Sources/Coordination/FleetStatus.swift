/// What a coordinator knows of its fleet at one moment, for those who ask how a job goes.
package struct FleetStatus: Hashable, Sendable {
    /// What the fleet does as a whole.
    package enum Phase: Hashable, Sendable {
        /// Too few workers have joined, for this long.
        case gathering(Duration)
        case working
        case over
    }

    package var phase: Phase
    /// How many it needs at this moment.
    package var leastWorkers: Int
    /// A worker that is silent for this long is lost.
    package var suspicion: Duration
    /// Between two rounds nil.
    package var round: RoundStatus?
    /// In the order in which they joined.
    package var workers: [WorkerStatus]
    /// Leases that ended without an answer, and who took their blocks; the latest last.
    package var moves: [LeaseMove]

    package init(
        phase: Phase,
        leastWorkers: Int,
        suspicion: Duration,
        round: RoundStatus?,
        workers: [WorkerStatus],
        moves: [LeaseMove] = []
    ) {
        self.phase = phase
        self.leastWorkers = leastWorkers
        self.suspicion = suspicion
        self.round = round
        self.workers = workers
        self.moves = moves
    }

    /// A round that is being worked on.
    package struct RoundStatus: Hashable, Sendable {
        package var request: RoundRequest
        package var mergedBlocks: Int
        package var leasedBlocks: Int

        package init(request: RoundRequest, mergedBlocks: Int, leasedBlocks: Int) {
            self.request = request
            self.mergedBlocks = mergedBlocks
            self.leasedBlocks = leasedBlocks
        }
    }

    /// One worker that belongs to the fleet.
    package struct WorkerStatus: Hashable, Sendable {
        package var id: WorkerID
        package var request: JoinRequest
        /// Since it was heard last.
        package var silence: Duration
        package var lease: LeaseStatus?
        /// Whether its last lease lapsed and it said nothing since.
        package var isStalled: Bool
        /// Whether it is about to leave, once its lease is done.
        package var isDraining: Bool
        /// Its latest leases: blocks answered, and the time from their grant to their answer.
        package var pace: Pace

        package init(
            id: WorkerID,
            request: JoinRequest,
            silence: Duration,
            lease: LeaseStatus?,
            isStalled: Bool,
            isDraining: Bool,
            pace: Pace
        ) {
            self.id = id
            self.request = request
            self.silence = silence
            self.lease = lease
            self.isStalled = isStalled
            self.isDraining = isDraining
            self.pace = pace
        }
    }

    /// What a worker is at work on.
    package struct LeaseStatus: Hashable, Sendable {
        package var lease: Lease
        package var age: Duration
        package var finishedBlocks: Int
        /// Who else was given the same blocks.
        package var others: [WorkerID]

        package init(lease: Lease, age: Duration, finishedBlocks: Int, others: [WorkerID]) {
            self.lease = lease
            self.age = age
            self.finishedBlocks = finishedBlocks
            self.others = others
        }
    }
}

/// How fast a worker answers: blocks and the time they took, over its last few leases.
package struct Pace: Hashable, Sendable {
    private static let capacity = 8

    private struct Answer: Hashable, Sendable {
        let blocks: Int
        let time: Duration
    }

    private var answers: [Answer] = []

    package init() {}

    package mutating func add(blocks: Int, in time: Duration) {
        if answers.count == Self.capacity { answers.removeFirst() }
        answers.append(Answer(blocks: blocks, time: time))
    }

    package var blocks: Int { answers.reduce(0) { $0 + $1.blocks } }
    package var time: Duration { answers.reduce(.zero) { $0 + $1.time } }
}

extension Coordinator {
    /// The state of the fleet; asking changes nothing.
    package func status(at now: Instant) -> FleetStatus {
        FleetStatus(
            phase: statusPhase(at: now),
            leastWorkers: workersNeeded,
            suspicion: settings.timing.suspicion,
            round: round.map { round in
                FleetStatus.RoundStatus(
                    request: round.request,
                    mergedBlocks: round.merged.count,
                    leasedBlocks: round.request.tasks.count - round.merged.count - round.open.count
                )
            },
            workers: workers.map { status(of: $0, at: now) }
        )
    }

    private func statusPhase(at now: Instant) -> FleetStatus.Phase {
        switch phase {
        case .gathering: .gathering(shortSince.map { now - $0 } ?? .zero)
        case .working: .working
        case .over: .over
        }
    }

    private func status(of worker: WorkerRecord, at now: Instant) -> FleetStatus.WorkerStatus {
        let held = worker.lease.flatMap { round?.lease($0) }
        return FleetStatus.WorkerStatus(
            id: worker.id,
            request: worker.request,
            silence: now - worker.lastHeard,
            lease: held.map { record in
                FleetStatus.LeaseStatus(
                    lease: record.lease,
                    age: now - record.granted,
                    finishedBlocks: record.finishedBlocks,
                    others: (round?.leases(on: record.lease.blocks) ?? []).map(\.worker).filter { $0 != worker.id }
                )
            },
            isStalled: worker.isStalled,
            isDraining: worker.isDraining,
            pace: worker.pace
        )
    }
}
