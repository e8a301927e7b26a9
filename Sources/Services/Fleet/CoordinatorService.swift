package import Clustering
package import Coordination
import Logging
import Wire

/// The coordinator's process: tells its machine what happens, and performs the effects in order.
///
/// One thread does everything, so that the order of events is the order of the story. It sleeps in the socket's poll
/// until a message, a wake signal (a process ended, somebody asked to stop) or the machine's next deadline.
package final class CoordinatorService<Method: Program> {
    /// Of messages that came while others were taken.
    private static var mostBatches: Int { 16 }

    private let plan: FleetPlan
    private let interruption: Interruption
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant
    private let wake: WakeSignal
    private let logger = Logger(label: "coordinator")
    private let log: FleetLog

    private var host: ProgramHost<Method>
    private var machine: Coordinator
    private var record = FleetRecord()
    private var outcome: Outcome?
    private var askedToStop = false
    private var warnings = MalformedWarnings()
    private var moves = LeaseMoves()
    private var desk = StatusDesk()
    private var strikes = Strikes()
    private var audit = ReadingAudit()
    /// Events that effects led to, to be handled after the present one.
    private var pending: [Event] = []

    /// - Parameters:
    ///   - start: where to go on; the program's beginning unless given.
    ///   - term: of this life of the job's coordinator, higher than that of any before: a worker that outlived one must take
    ///     nothing of the next for its own.
    package init(
        _ program: Method,
        plan: FleetPlan,
        sink: (any RowSink)?,
        interruption: Interruption,
        from start: RoundMark<Method.Model>? = nil,
        term: Term = Term(.wallClock)
    ) throws {
        self.plan = plan
        self.interruption = interruption
        wake = try WakeSignal()
        log = FleetLog(logger)
        host = try ProgramHost(program, sink: sink, from: start)
        began = clock.now
        var settings = plan.settings
        settings.job = try JobDescription(of: program).text()
        settings.allowsMixedFingerprints = settings.allowsMixedFingerprints || !Method.dependsOnKernel
        machine = Coordinator(term: term, settings: settings, at: Instant(.zero))
        record.requested = plan.localWorkers
    }

    /// Runs the job to its end.
    /// - Throws: what the program, the fleet or a file went wrong with; the workers have been sent away by then.
    package func run(observer: some JobObserver<Method.Model>) throws -> JobResult<Method.Model> {
        if plan.localWorkers > 0 { BatchScheduling.begin() }
        let folder = plan.localWorkers > 0 ? try PrivateFolder() : nil
        let local = folder.map { "ipc://\($0.path)/fleet" }
        let context = try Context()
        let door = try RemoteDoor(context, listen: plan.listen, keys: plan.keys, logger: logger)
        let socket = try CoordinatorSocket(
            context: context,
            // The local fleet meets in a folder that nobody else can enter.
            entrances: [
                Entrance(try [local].compactMap { $0 }.map { try Endpoint($0) }, security: .plain), door.entrance,
            ].filter { !$0.endpoints.isEmpty },
            wake: wake
        )
        let wake = wake
        interruption.notify { wake.wake() }
        let fleet = LocalFleet(executable: plan.executable, endpoint: local ?? "", threads: plan.threadsOfEach) {
            wake.wake()
        }
        defer { fleet.end(members: memberProcesses) }
        record.listening = socket.boundEndpoints.filter { $0.hasPrefix("tcp://") }
        if !record.listening.isEmpty { plan.announce(record.listening) }
        try fleet.start(plan.localWorkers)
        defer { for line in socket.takeStrangers(isLast: true) { logger.warning("\(line)") } }
        do {
            try loop(socket, fleet, door, observer)
        } catch {
            dismiss(on: socket)
            throw error
        }
        record.traffic = FleetTraffic(socket.traffic)
        return try result()
    }

    private func loop(
        _ socket: CoordinatorSocket,
        _ fleet: LocalFleet,
        _ door: RemoteDoor,
        _ observer: some JobObserver<Method.Model>
    ) throws {
        try startRound(observer)
        try settle(socket, observer)
        while outcome == nil {
            try takeAll(try socket.poll(timeout: audit.isBusy ? .zero : timeout), socket, observer)
            try takeAudited(socket, observer)
            for refusal in door.takeRefusals() {
                logger.warning("\(refusal)")
                pending.append(.turnedAway(because: refusal))
            }
            for line in socket.takeStrangers() { logger.warning("\(line)") }
            try noteDepartures(of: fleet)
            try noteInterruption()
            // Only now, with every message read, does silence mean anything.
            pending.append(.tick)
            try settle(socket, observer)
            record.traffic = FleetTraffic(socket.traffic)
            observer.working(activity, fleet: { fleetActivity })
        }
    }

    /// Takes messages. What came while that took long, as the work between two rounds may, is taken too, or those who sent it
    /// would seem to have been silent; not for ever, since whoever floods the socket must not keep the clock from being looked at.
    private func takeAll(
        _ messages: [CoordinatorSocket.Incoming],
        _ socket: CoordinatorSocket,
        _ observer: some JobObserver<Method.Model>
    ) throws {
        let start = now
        for incoming in messages { try take(incoming, socket, observer) }
        guard now - start >= plan.settings.timing.heartbeat else { return }
        for _ in 0..<Self.mostBatches where outcome == nil {
            let more = try socket.poll(timeout: .zero)
            guard !more.isEmpty else { return }
            for incoming in more { try take(incoming, socket, observer) }
        }
    }

    private var now: Instant { Instant(clock.now - began) }

    private var timeout: Duration {
        let display = Duration.milliseconds(250)
        guard let deadline = machine.nextDeadline else { return display }
        return min(display, max(.zero, deadline - now))
    }

    /// The processes of the workers that belong to the fleet.
    private var memberProcesses: Set<Int32> { Set(machine.status(at: now).workers.map(\.request.process)) }

    private var activity: JobActivity {
        JobActivity(
            progress: host.program.progress(of: host.model),
            round: host.roundID.rawValue,
            finishedBlocks: host.mergedBlocks,
            blocks: host.round?.tasks.count ?? 0,
            workers: machine.workerCount
        )
    }

    private var fleetActivity: FleetActivity {
        let now = now
        var status = machine.status(at: now)
        status.moves = moves.moves
        return FleetActivity(status: status, record: record, at: now)
    }

    private func result() throws -> JobResult<Method.Model> {
        switch outcome {
        case .finished: JobResult(model: host.model, isFinished: true, fleet: record)
        case .interrupted: JobResult(model: host.model, isFinished: false, fleet: record)
        case .failed(let exitCode, let reason): throw ServiceError(exitCode: exitCode, reason)
        case nil: throw ServiceError.internalError("job without an outcome: \(machine.story); report this")
        }
    }
}

// Events.
extension CoordinatorService {
    private func take(
        _ incoming: CoordinatorSocket.Incoming,
        _ socket: CoordinatorSocket,
        _ observer: some JobObserver<Method.Model>
    ) throws {
        switch incoming {
        case .envelope(let envelope, let worker):
            try take(envelope, from: worker, socket, observer)
        case .alive(let worker):
            try handle(.heard(worker), payload: nil, socket, observer)
        case .malformed(let worker, let error):
            try refuse(worker, error, socket, observer)
        case .disconnected(let worker):
            // It has died, or must join again once it is back: its blocks need not wait to see which.
            socket.forget(worker)
            try handle(.gone(worker, because: "its connection was closed"), payload: nil, socket, observer)
        }
        try settle(socket, observer)
    }

    private func take(
        _ envelope: Envelope,
        from worker: WorkerID,
        _ socket: CoordinatorSocket,
        _ observer: some JobObserver<Method.Model>
    ) throws {
        if case .statusRequest = envelope.message { return try answer(worker, socket, observer) }
        guard !strikes.isOut(worker) else { return expel(worker, socket) }
        guard envelope.term == machine.term || envelope.message.isJoin else {
            // Of another life of the coordinator. All that it says here is that the worker lives, and if this coordinator
            // does not know it the answer is to join again.
            return try handle(.received(.heartbeat(Heartbeat()), from: worker), payload: nil, socket, observer)
        }
        guard case .partial(let notice) = envelope.message, machine.isMember(worker) else {
            return try handle(.received(envelope.message, from: worker), payload: nil, socket, observer)
        }
        audit.add(envelope, of: notice, from: worker)
        try takeAudited(socket, observer)
    }

    /// Takes answers of which all that they were computed from has been read here too.
    private func takeAudited(_ socket: CoordinatorSocket, _ observer: some JobObserver<Method.Model>) throws {
        let end = now + plan.settings.timing.heartbeat / 4
        while outcome == nil, audit.isBusy {
            let verified = audit.work(for: end - now)
            if !verified.isEmpty { try handle(.verified(verified), payload: nil, socket, observer) }
            guard let (envelope, worker) = audit.takeReady() else { return }
            guard case .partial(let notice) = envelope.message else { continue }
            try takeAnswer(envelope, notice, from: worker, socket, observer)
            try settle(socket, observer)
        }
    }

    private func takeAnswer(
        _ envelope: Envelope,
        _ notice: PartialNotice,
        from worker: WorkerID,
        _ socket: CoordinatorSocket,
        _ observer: some JobObserver<Method.Model>
    ) throws {
        guard notice.lease.round == host.roundID, host.round != nil, machine.isMember(worker) else {
            return try handle(.received(envelope.message, from: worker), payload: nil, socket, observer)
        }
        let partial: Partial
        do {
            // Before the machine counts it: an answer that cannot be read is no answer.
            partial = try host.partial(from: envelope.tensors.map { try NamedArray($0) }, for: notice.lease.blocks)
        } catch let error as ClusteringError {
            strikes.add(worker)
            return try handle(.gone(worker, because: error.message), payload: nil, socket, observer)
        }
        record.note(received: envelope.tensors.reduce(0) { $0 + $1.byteCount }, from: worker)
        strikes.clear(worker)
        // Outside the `do`: what the program makes of the whole answer is not this worker's fault.
        try handle(.received(envelope.message, from: worker), payload: partial, socket, observer)
    }

    /// Tells somebody who is no worker how the job goes. The machine never hears of it.
    private func answer(
        _ asker: WorkerID,
        _ socket: CoordinatorSocket,
        _ observer: some JobObserver<Method.Model>
    ) throws {
        let answer = try desk.answer(at: now) { try observer.status(activity, fleet: fleetActivity) }
        if let answer {
            // Who has gone meanwhile does not need it.
            _ = try? socket.send(Envelope(term: machine.term, message: .status(answer)), to: asker)
        }
        if !machine.isMember(asker) { socket.forget(asker) }
    }

    /// A peer that speaks another version is told so; one that speaks none is not answered.
    private func refuse(
        _ worker: WorkerID?,
        _ error: WireError,
        _ socket: CoordinatorSocket,
        _ observer: some JobObserver<Method.Model>
    ) throws {
        if let line = warnings.line(for: error, isOfWorker: worker != nil, at: now) { logger.warning("\(line)") }
        guard let worker else { return }
        switch error.code {
        case .version: send(.refusal(Refusal(code: .version, reason: error.message)), to: worker, socket)
        case .keyRefused: send(.refusal(Refusal(code: .key, reason: error.message)), to: worker, socket)
        default: if machine.isMember(worker) { strikes.add(worker) }
        }
        socket.forget(worker)
        try handle(.gone(worker, because: error.message), payload: nil, socket, observer)
    }

    /// Tells a worker that it is not let in again.
    private func expel(_ worker: WorkerID, _ socket: CoordinatorSocket) {
        let reason = "worker refused: \(Strikes.most) times in a row nothing it sent could be read; look at its machine"
        send(.refusal(Refusal(code: .malformed, reason: reason)), to: worker, socket)
        socket.forget(worker)
    }

    private func noteDepartures(of fleet: LocalFleet) throws {
        for departure in try fleet.takeDepartures() {
            let member = record.members.last {
                $0.request.name == departure.name && $0.request.process == departure.process
            }
            if let member, member.lost == nil {
                pending.append(.gone(member.id, because: departure.reason))
            }
        }
        if fleet.isHopeless && plan.listen.isEmpty {
            pending.append(
                .abandoned(
                    because: "no worker survives: each local worker died several times within a second, or cannot read "
                        + "the data; try --in-process to see why"
                )
            )
        }
    }

    private func noteInterruption() throws {
        if interruption.isUrgent { throw ServiceError.interrupted }
        if interruption.isRequested && !askedToStop {
            askedToStop = true
            pending.append(.interrupted)
        }
    }

    /// Handles the events that effects led to.
    private func settle(_ socket: CoordinatorSocket, _ observer: some JobObserver<Method.Model>) throws {
        while !pending.isEmpty && outcome == nil {
            try handle(pending.removeFirst(), payload: nil, socket, observer)
        }
    }
}

// Effects.
extension CoordinatorService {
    private func handle(
        _ event: Event,
        payload: Partial?,
        _ socket: CoordinatorSocket,
        _ observer: some JobObserver<Method.Model>
    ) throws {
        log.note(event, machine, record)
        let effects = machine.handle(event, at: now)
        for effect in effects {
            switch effect {
            case .record:
                try observer.record()
            case .send(let message, let worker):
                send(message, to: worker, socket)
            case .merge(let notice, let worker):
                guard let payload else { throw ServiceError.internalError("answer without arrays; report this") }
                record.note(notice, from: worker)
                host.note(notice.certified)
                try host.merge(payload, blocks: notice.lease.blocks)
            case .advance:
                observer.modelWillChange()
                try observer.roundFinished(try host.advance())
                try startRound(observer)
            case .ignored(let reason):
                log.note(ignored: event, because: reason, record)
            case .report(let change):
                follow(change, socket)
                let time = clock.now - began
                record.note(change, after: time)
                log.note(change, of: machine, record)
                try observer.fleetChanged(change, after: time)
            case .stop(let outcome):
                self.outcome = outcome
            }
        }
        for move in moves.note(effects, at: now) {
            guard let taker = move.takers.last else { continue }
            try observer.leasedAgain(move.lease, from: move.worker, to: taker.worker, after: clock.now - began)
        }
    }

    /// The socket puts arrays together for members alone.
    private func follow(_ change: FleetEvent, _ socket: CoordinatorSocket) {
        switch change {
        case .joined(let worker, _): socket.admit(worker)
        case .lost(let worker, _), .left(let worker): socket.forget(worker)
        default: break
        }
    }

    private func startRound(_ observer: some JobObserver<Method.Model>) throws {
        if let request = try host.nextRound(isRecorded: observer.isRecordDue) {
            pending.append(.roundReady(request))
        } else {
            pending.append(.programFinished)
        }
    }

    /// A worker that cannot be reached is gone: its process ended before the machine heard of it.
    private func send(_ message: Message, to worker: WorkerID, _ socket: CoordinatorSocket) {
        var tensors: [WireTensor] = []
        if case .round(let notice) = message { tensors = host.tensors(attachedTo: notice) }
        let envelope = Envelope(
            term: machine.term,
            cause: machine.story.cause,
            message: message,
            tensors: tensors
        )
        do {
            record.note(sent: try socket.send(envelope, to: worker), to: worker)
        } catch {
            socket.forget(worker)
            let reason = error.code == .unroutable ? "its connection is gone" : error.message
            pending.append(.gone(worker, because: reason))
        }
    }

    /// Sends every worker home after a failure that the machine does not know of.
    private func dismiss(on socket: CoordinatorSocket) {
        for effect in machine.handle(.abandoned(because: "the job failed"), at: now) {
            if case .send(let message, let worker) = effect {
                send(message, to: worker, socket)
            }
        }
    }
}

extension Message {
    fileprivate var isJoin: Bool {
        if case .join = self { true } else { false }
    }
}
