import Clustering
import Coordination

// The coordinator's shell, as `CoordinatorService`.
extension SimulatedFleet {
    /// A process begins, and goes on from what is on the disk.
    func startCoordinator() throws {
        guard coordinator == nil, !isFinished else { return }
        lives += 1
        let (entries, isTorn) = disk.read()
        let snapshot = entries.last { $0.snapshot != nil }?.snapshot
        // Milliseconds of a wall clock, which may have been set back; a term must rise nevertheless.
        let wallClock = UInt64(1_000_000 + now / 1000 + clockStep)
        let term = Term(max(wallClock, (entries.map(\.term).max() ?? 0) + 1))
        let rounds = snapshot?.rounds ?? 0
        let model = snapshot?.model ?? reference.models[0]
        let clock = VirtualClock(start: now, drift: options.coordinatorDrift)
        coordinator = CoordinatorProcess(
            life: lives,
            term: term,
            clock: clock,
            machine: parts.coordinator(term, options.settings, clock.reading(at: now)),
            program: try ProgramHost(reference, from: rounds, model, rows: rows, merge: parts.merge),
            recordedRounds: rounds
        )
        trace.add(
            "coordinator  begins life \(lives) in term \(term) after round \(rounds)\(isTorn ? ", torn tail cut" : "")",
            at: now
        )
        observe(.lifeBegan(term, after: rounds, model: model))
        for slot in workers.indices { network.reconnect(slot: slot) }
        try startRound()
        // The term first of all.
        beginRecord(JournalEntry(term: term.rawValue), then: [], answer: nil)
    }

    /// Reads what has come, unless the process stands still.
    func wakeCoordinator() throws {
        guard isCoordinatorAwake else { return }
        try settle()
        while isCoordinatorAwake, coordinator?.inbox.isEmpty == false, let packet = coordinator?.inbox.removeFirst() {
            try read(packet)
            try settle()
        }
        // Only now, with every message read, does silence mean anything.
        if isCoordinatorAwake, let deadline = coordinatorDeadline, deadline <= now {
            try handle(.tick, answer: nil)
            try settle()
        }
        armCoordinator()
    }

    private var isCoordinatorAwake: Bool {
        guard let coordinator else { return false }
        return coordinator.afterRecord == nil && coordinator.stalledUntil <= now && checkers.objection == nil
    }

    private var coordinatorDeadline: Microseconds? {
        coordinator.flatMap { process in process.machine.nextDeadline.map { process.clock.time(of: $0) } }
    }

    private func armCoordinator() {
        guard isCoordinatorAwake, let deadline = coordinatorDeadline else { return }
        if deadline <= now {
            return checkers.object(to: "the coordinator's deadline is not in the future", at: now)
        }
        if let alarm = coordinator?.alarm, alarm <= deadline { return }
        guard let life = coordinator?.life else { return }
        coordinator?.alarm = deadline
        agenda.add(.coordinatorAlarm(life: life, at: deadline), at: deadline)
    }

    private func read(_ packet: Packet) throws {
        guard let process = coordinator else { return }
        observe(.read(packet))
        trace.add(packet, "is read:", at: now)
        guard packet.term == process.term || packet.message.isJoin else {
            // Of another life of the coordinator: all that it says is that the worker lives.
            return try handle(.received(.heartbeat(Heartbeat()), from: packet.worker), answer: nil)
        }
        if case .partial(let notice) = packet.message {
            let own = notice.readings.stated.map { reading in
                let own = ReferenceRun.reading(of: reading.stretch, isStale: false)
                return VerifiedReading(own, place: "block \(reading.stretch)")
            }
            try handle(.verified(own), answer: nil)
        }
        guard let answer = packet.answer, answer.round == process.program.number, process.program.round != nil else {
            return try handle(.received(packet.message, from: packet.worker), answer: nil)
        }
        do {
            // Before the machine counts it: an answer that cannot be read is no answer.
            try process.program.check(answer)
        } catch {
            observe(.departed(packet.worker))
            return try handle(.gone(packet.worker, because: error.message), answer: nil)
        }
        try handle(.received(packet.message, from: packet.worker), answer: answer)
    }

    private func settle() throws {
        while isCoordinatorAwake, coordinator?.pending.isEmpty == false, let event = coordinator?.pending.removeFirst()
        {
            try handle(event, answer: nil)
        }
    }

    private func handle(_ event: Event, answer: Answer?) throws {
        guard let reading = coordinator?.clock.reading(at: now),
            let effects = coordinator?.machine.handle(event, at: reading)
        else { return }
        checkers.object(to: coordinator?.machine.invariants(), at: now)
        try perform(effects[...], answer: answer)
    }

    private func perform(_ effects: ArraySlice<Effect>, answer: Answer?) throws {
        for (index, effect) in zip(effects.indices, effects) {
            guard coordinator != nil, checkers.objection == nil else { return }
            if case .record = effect {
                return beginRecord(entry, then: effects[(index + 1)...], answer: answer)
            }
            try perform(effect, answer: answer)
        }
    }

    private func perform(_ effect: Effect, answer: Answer?) throws {
        switch effect {
        case .record: break
        case .send(let message, let worker): send(message, to: worker)
        case .merge(let notice, let worker): try merge(answer, notice, from: worker)
        case .advance: try advance()
        case .ignored(let reason):
            counts.ignored[reason, default: 0] += 1
            trace.add("coordinator  ignores: \(reason.rawValue)", at: now)
        case .report(let event): note(event)
        case .stop(let outcome): try stop(outcome)
        }
    }

    private func note(_ event: FleetEvent) {
        switch event {
        case .lost(let worker, let reason):
            trace.add("coordinator  takes \(trace.name(of: worker)) for lost: \(reason)", at: now)
        case .leaseLapsed(let lease, let worker):
            counts.lapses += 1
            trace.add("coordinator  lets \(lease.summary) of \(trace.name(of: worker)) lapse", at: now)
        case .leaseCopied(let lease, let worker, _):
            counts.copies += 1
            trace.add("coordinator  copies \(lease.summary) of \(trace.name(of: worker))", at: now)
        default: break
        }
    }

    private func merge(_ answer: Answer?, _ notice: PartialNotice, from worker: WorkerID) throws {
        guard let answer else {
            return checkers.object(to: "\(notice.lease.summary) was merged without an answer", at: now)
        }
        trace.add("coordinator  merges \(notice.lease.summary) of \(trace.name(of: worker))", at: now)
        observe(.merged(answer))
        // What is counted twice could not be merged at all.
        if checkers.objection == nil { try coordinator?.program.take(answer.partial) }
    }

    private func advance() throws {
        guard let number = coordinator?.program.number else { return }
        try coordinator?.program.advance()
        counts.rounds += 1
        trace.add("coordinator  advances round \(number)", at: now)
        observe(.advanced(number, model: coordinator?.program.encodedModel ?? []))
        if checkers.objection == nil { try startRound() }
    }

    private func startRound() throws {
        guard let process = coordinator else { return }
        let unrecorded = process.program.number - process.recordedRounds
        let isRecorded = unrecorded > UInt64(options.unrecordedRounds)
        if let request = try coordinator?.program.nextRound(isRecorded: isRecorded) {
            coordinator?.pending.append(.roundReady(request))
        } else {
            coordinator?.pending.append(.programFinished)
        }
    }

    private func send(_ message: Message, to worker: WorkerID) {
        guard let process = coordinator else { return }
        guard !process.unreachable.contains(worker) else {
            coordinator?.pending.append(.gone(worker, because: "cannot be reached"))
            return
        }
        var payload = Packet.Payload.nothing
        if case .round(let notice) = message { payload = .parameters(process.program.arrays(attachedTo: notice)) }
        transmit(
            Packet(
                worker: worker,
                slot: slot(of: worker),
                direction: .toWorker,
                term: process.term,
                message: message,
                payload: payload
            )
        )
    }

    private func stop(_ outcome: Outcome) throws {
        trace.add("coordinator  stops: \(outcome)", at: now)
        observe(.stopped(outcome))
        switch outcome {
        case .finished:
            isFinished = true
            observe(.finished(digest: ReferenceRun.digest(of: coordinator?.program.encodedModel ?? [], rows)))
        case .interrupted:
            // As the job does before it exits; a program that has finished does its last round again, for the rows.
            guard coordinator?.program.round != nil else { return endLife(back: interruptionBack) }
            coordinator?.isStopping = true
            beginRecord(entry, then: [], answer: nil)
        case .failed: endLife(back: 1_000_000)
        }
    }

    func noteDeparture(of worker: WorkerID) throws {
        guard coordinator != nil else { return }
        coordinator?.unreachable.insert(worker)
        coordinator?.pending.append(.gone(worker, because: "its process has ended"))
        trace.add("coordinator  hears that \(trace.name(of: worker)) is gone", at: now)
        observe(.departed(worker))
        try wakeCoordinator()
    }
}

// The coordinator's journal.
extension SimulatedFleet {
    /// What would be recorded now: the model that the round at hand begins from.
    private var entry: JournalEntry {
        guard let process = coordinator else { return JournalEntry(term: 0) }
        let rounds = process.program.round == nil ? process.program.number : process.program.number - 1
        return JournalEntry(
            term: process.term.rawValue,
            snapshot: JournalEntry.Snapshot(rounds: rounds, model: process.program.encodedModel)
        )
    }

    /// Writes a record and waits until it is on disk; nothing else is done meanwhile.
    private func beginRecord(_ entry: JournalEntry, then effects: ArraySlice<Effect>, answer: Answer?) {
        guard let life = coordinator?.life else { return }
        disk.write(entry)
        observe(.recording)
        counts.records += 1
        coordinator?.afterRecord = .init(entry: entry, effects: effects, answer: answer)
        if let fault = armedCrash {
            armedCrash = nil
            return crashCoordinator(fault)
        }
        trace.add("coordinator  writes \(entry.summary)", at: now)
        agenda.add(.recordSynced(life: life), at: now + options.recordTime)
    }

    func finishRecord() throws {
        guard let process = coordinator, let rest = process.afterRecord else { return }
        // A process that stands still does not hear of its disk.
        guard process.stalledUntil <= now else {
            return agenda.add(.recordSynced(life: process.life), at: process.stalledUntil)
        }
        disk.sync()
        trace.add("coordinator  has on disk \(rest.entry.summary)", at: now)
        observe(.recorded(rest.entry))
        if let snapshot = rest.entry.snapshot { coordinator?.recordedRounds = snapshot.rounds }
        if coordinator?.isStopping == true {
            return endLife(back: interruptionBack)
        }
        coordinator?.afterRecord = nil
        try perform(rest.effects, answer: rest.answer)
        try wakeCoordinator()
    }

    /// - Parameter back: when the next life begins, from now.
    private func endLife(back: Microseconds) {
        guard let process = coordinator else { return }
        coordinator = nil
        trace.add("coordinator  ends life \(process.life)", at: now)
        observe(.lifeEnded(process.term))
        nextLife = now + back
        agenda.add(.coordinatorStarts, at: nextLife)
    }

    func crashCoordinator(_ fault: Fault) {
        guard coordinator != nil else { return }
        switch fault.kind {
        case .coordinatorCrash(let tail, let back, let step), .crashWhileRecording(let tail, let back, let step):
            disk.crash(tail)
            clockStep += step
            // No fault may begin after the last, so a crash that had to wait for a record is over sooner.
            endLife(back: min(back, max(0, options.faultsEnd - now)))
        default: break
        }
    }
}

extension JournalEntry {
    fileprivate var summary: String {
        snapshot.map { "the model after round \($0.rounds)" } ?? "term \(term)"
    }
}

extension Message {
    fileprivate var isJoin: Bool {
        if case .join = self { true } else { false }
    }
}
