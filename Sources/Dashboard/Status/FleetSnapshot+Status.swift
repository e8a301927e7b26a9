package import Coordination

extension FleetSnapshot {
    /// What a coordinator counts of a worker beside what its machine knows.
    package struct Counts: Sendable {
        package var blocks: Int
        package var bytesSent: Int
        package var bytesReceived: Int

        package init(blocks: Int = 0, bytesSent: Int = 0, bytesReceived: Int = 0) {
            self.blocks = blocks
            self.bytesSent = bytesSent
            self.bytesReceived = bytesReceived
        }
    }

    /// A worker that does not belong to the fleet any more.
    package struct Departed: Sendable {
        package var id: WorkerID
        package var request: JoinRequest
        /// Nil where it went of its own will.
        package var reason: String?
        package var ago: Duration

        package init(id: WorkerID, request: JoinRequest, reason: String?, ago: Duration) {
            self.id = id
            self.request = request
            self.reason = reason
            self.ago = ago
        }
    }

    private static let mostWorkers = 256

    /// Fills in what concerns the fleet.
    ///
    /// - Parameters:
    ///   - now: on the machine's clock.
    ///   - counts: of the workers that belong to the fleet and of those that do not any more.
    ///   - departed: the latest last.
    package mutating func take(
        _ status: FleetStatus,
        at now: Instant,
        counts: [WorkerID: Counts],
        departed: [Departed]
    ) {
        let speeds = status.workers.compactMap { $0.pace.blocksPerSecond }.sorted()
        let usual = speeds.isEmpty ? nil : (speeds[(speeds.count - 1) / 2] + speeds[speeds.count / 2]) / 2
        let names = Dictionary(
            status.workers.map { ($0.id, $0.request) } + departed.map { ($0.id, $0.request) },
            uniquingKeysWith: { first, _ in first }
        ).mapValues { $0.name.shortened(to: 128) }
        let name = { (id: WorkerID) in names[id] ?? id.description }

        fleet.present = status.workers.count
        fleet.least = status.leastWorkers
        fleet.suspicion = status.suspicion.inSeconds
        if case .gathering(let time) = status.phase {
            state = .waiting
            fleet.waiting = time.inSeconds
        }
        round = status.round.map { Round($0, speed: speeds.reduce(0, +)) }
        let present = Set(status.workers.map(\.id))
        let gone = departed.filter { !present.contains($0.id) }.suffix(16)
        workers = status.workers.prefix(Self.mostWorkers - gone.count).map { worker in
            var entry = Worker(
                worker,
                suspicion: status.suspicion,
                usual: usual,
                counts: counts[worker.id] ?? Counts(),
                name: name
            )
            entry.note(earlier: departed.last { $0.id == worker.id })
            return entry
        }
        workers += gone.map { Worker($0, counts: counts[$0.id] ?? Counts()) }
        moves = status.moves.map { Move($0, at: now, name: name) }
    }
}

extension FleetSnapshot.Round {
    fileprivate init(_ round: FleetStatus.RoundStatus, speed: Double) {
        let rest = Double(round.request.tasks.count - round.mergedBlocks)
        self.init(
            number: Int(round.request.round.rawValue),
            blocks: round.request.tasks.count,
            merged: round.mergedBlocks,
            leased: round.leasedBlocks
        )
        kind = round.request.kind
        guard speed > 0 else { return }
        blocksPerSecond = speed
        remaining = rest / speed
    }
}

extension FleetSnapshot.Worker {
    private static let limit = 128

    fileprivate init(
        _ worker: FleetStatus.WorkerStatus,
        suspicion: Duration,
        usual: Double?,
        counts: FleetSnapshot.Counts,
        name: (WorkerID) -> String
    ) {
        let speed = worker.pace.blocksPerSecond
        let relative = speed.flatMap { speed in usual.map { speed / $0 } }
        self.init(
            id: worker.id.description,
            name: worker.request.name.shortened(to: Self.limit),
            host: worker.request.statedHost,
            pid: Int(worker.request.process),
            threads: worker.request.threads,
            state: Self.state(of: worker, suspicion),
            silent: worker.silence.inSeconds,
            lease: worker.lease.map(FleetSnapshot.Lease.init),
            blocks: counts.blocks,
            blocksPerSecond: speed,
            relativeSpeed: relative,
            bytesSent: counts.bytesSent,
            bytesReceived: counts.bytesReceived,
            remarks: Self.remarks(on: worker, suspicion, relative, usual: speed ?? usual, name)
        )
    }

    fileprivate init(_ departed: FleetSnapshot.Departed, counts: FleetSnapshot.Counts) {
        self.init(
            id: departed.id.description,
            name: departed.request.name.shortened(to: Self.limit),
            host: departed.request.statedHost,
            pid: Int(departed.request.process),
            threads: departed.request.threads,
            state: departed.reason == nil ? .left : .lost,
            silent: departed.ago.inSeconds,
            blocks: counts.blocks,
            bytesSent: counts.bytesSent,
            bytesReceived: counts.bytesReceived,
            remarks: departed.reason.map { [$0.shortened(to: 2 * Self.limit)] } ?? []
        )
    }

    /// A worker that was lost and came back says so.
    fileprivate mutating func note(earlier departed: FleetSnapshot.Departed?) {
        guard let departed, let reason = departed.reason else { return }
        let time = NumberText.duration(departed.ago.inSeconds)
        remarks.append("was lost \(time) ago (\(reason.shortened(to: Self.limit))), came back")
    }

    private static func state(of worker: FleetStatus.WorkerStatus, _ suspicion: Duration) -> State {
        if worker.silence > suspicion / 2 { return .silent }
        if worker.isDraining { return .draining }
        if worker.isStalled { return .stalled }
        return worker.lease == nil ? .idle : .working
    }

    private static func remarks(
        on worker: FleetStatus.WorkerStatus,
        _ suspicion: Duration,
        _ relative: Double?,
        usual: Double?,
        _ name: (WorkerID) -> String
    ) -> [String] {
        var remarks: [String] = []
        if worker.silence > suspicion / 2 {
            remarks.append("stopped, overloaded or cut off? lost after \(NumberText.duration(suspicion.inSeconds))")
        }
        if let relative, relative < 0.7 {
            remarks.append("at \(NumberText.fixed(relative, decimals: 2)) x the usual speed")
        }
        if let lease = worker.lease {
            let expected = usual.map { Double(lease.lease.blocks.count) / $0 }
            if let expected, lease.age.inSeconds > 1 + 2 * expected {
                remarks.append(
                    "at it for \(NumberText.duration(lease.age.inSeconds)), usually \(NumberText.duration(expected))"
                )
            }
            if !lease.others.isEmpty { remarks.append("copied to \(lease.others.map(name).joined(separator: ", "))") }
        }
        if worker.isStalled { remarks.append("its lease lapsed") }
        if worker.isDraining { remarks.append("goes once its lease is done") }
        return remarks
    }
}

extension FleetSnapshot.Lease {
    fileprivate init(_ lease: FleetStatus.LeaseStatus) {
        self.init(
            blocks: FleetSnapshot.Blocks(lease.lease.blocks),
            finished: lease.finishedBlocks,
            seconds: lease.age.inSeconds
        )
    }
}

extension FleetSnapshot.Blocks {
    fileprivate init(_ blocks: Range<Int>) {
        self.init(first: blocks.lowerBound, end: blocks.upperBound)
    }

    /// As people write them: `0-3`, or `7` alone.
    var text: String { (first..<end).blockDescription }
}

extension FleetSnapshot.Move {
    fileprivate init(_ move: LeaseMove, at now: Instant, name: (WorkerID) -> String) {
        self.init(
            reason: Self.name(of: move.reason),
            worker: name(move.worker),
            round: Int(move.lease.round.rawValue),
            blocks: FleetSnapshot.Blocks(move.lease.blocks),
            to: Self.takers(move).prefix(16).map {
                FleetSnapshot.Taker(worker: name($0.worker), blocks: FleetSnapshot.Blocks($0.blocks))
            },
            ago: (now - move.time).inSeconds
        )
    }

    /// In the order of the blocks, with neighbouring grants of one worker as one.
    private static func takers(_ move: LeaseMove) -> [(worker: WorkerID, blocks: Range<Int>)] {
        var ranges: [WorkerID: BlockRanges] = [:]
        for taker in move.takers { ranges[taker.worker, default: BlockRanges()].insert(taker.blocks) }
        return ranges.flatMap { worker, blocks in blocks.ranges.map { (worker: worker, blocks: $0) } }
            .sorted { ($0.blocks.lowerBound, $0.worker) < ($1.blocks.lowerBound, $1.worker) }
    }

    private static func name(of reason: LeaseMove.Reason) -> String {
        switch reason {
        case .lost: "lost"
        case .left: "left"
        case .lapsed: "lapsed"
        case .rejoined: "rejoined"
        case .copied: "copied"
        }
    }
}

extension Pace {
    /// Nil before the first answer.
    fileprivate var blocksPerSecond: Double? {
        time > .zero ? Double(blocks) / time.inSeconds : nil
    }
}

extension JoinRequest {
    fileprivate var statedHost: String? { host.isEmpty ? nil : host.shortened(to: 128) }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

extension String {
    /// What peers say of themselves must not make the snapshot too large to be sent.
    fileprivate func shortened(to limit: Int) -> String {
        unicodeScalars.count <= limit ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(limit))) + "…"
    }
}
