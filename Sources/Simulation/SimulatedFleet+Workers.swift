import Clustering
import Coordination

// The workers' shells, as `WorkerService` and its `TaskRunner`.
extension SimulatedFleet {
    func startWorker(_ slot: Int) throws {
        guard workers[slot] == nil, !isFinished else { return }
        processes[slot] += 1
        let process = options.workers[slot]
        let id = parts.identity(slot, processes[slot])
        let clock = VirtualClock(start: now, drift: process.drift)
        let settings = WorkerSettings(
            request: JoinRequest(
                name: "host:\(slot + 1)",
                process: Int32(processes[slot]),
                threads: process.threads,
                fingerprint: "simulated"
            ),
            endpoint: "simulated",
            deathTimeout: options.deathTimeout
        )
        workers[slot] = WorkerProcess(
            id: id,
            slot: slot,
            clock: clock,
            machine: parts.worker(settings, clock.reading(at: now)),
            isStale: staleSlots.remove(slot) != nil
        )
        trace.name(id, "worker \(slot + 1).\(processes[slot])")
        trace.add("\(trace.name(of: id))  begins", at: now)
        observe(.processBegan(id, isStale: workers[slot]?.isStale == true))
        network.reconnect(slot: slot)
        try wakeWorker(slot)
    }

    /// Reads what has come, unless the process stands still.
    func wakeWorker(_ slot: Int) throws {
        try settle(slot)
        while isAwake(slot), workers[slot]?.inbox.isEmpty == false, let packet = workers[slot]?.inbox.removeFirst() {
            observe(.read(packet))
            trace.add(packet, "is read:", at: now)
            try handle(.received(packet.message, term: packet.term), slot, packet: packet)
            try settle(slot)
        }
        if isAwake(slot), let deadline = deadline(of: slot), deadline <= now {
            try tellProgress(slot)
            try handle(.tick, slot)
            try settle(slot)
        }
        arm(slot)
    }

    private func isAwake(_ slot: Int) -> Bool {
        guard let process = workers[slot] else { return false }
        return process.stalledUntil <= now && checkers.objection == nil
    }

    private func deadline(of slot: Int) -> Microseconds? {
        workers[slot].flatMap { process in process.machine.nextDeadline.map { process.clock.time(of: $0) } }
    }

    private func arm(_ slot: Int) {
        guard isAwake(slot), let deadline = deadline(of: slot), let process = workers[slot] else { return }
        if deadline <= now { return checkers.object(to: "a worker's deadline is not in the future", at: now) }
        if let alarm = process.alarm, alarm <= deadline { return }
        workers[slot]?.alarm = deadline
        agenda.add(.workerAlarm(process.id, slot: slot, at: deadline), at: deadline)
    }

    private func settle(_ slot: Int) throws {
        while isAwake(slot), workers[slot]?.pending.isEmpty == false, let event = workers[slot]?.pending.removeFirst() {
            try handle(event, slot)
        }
    }

    private func handle(
        _ event: WorkerEvent,
        _ slot: Int,
        packet: Packet? = nil,
        answer: Answer? = nil
    ) throws {
        guard let reading = workers[slot]?.clock.reading(at: now),
            let effects = workers[slot]?.machine.handle(event, at: reading)
        else { return }
        for effect in effects {
            guard workers[slot] != nil, checkers.objection == nil else { return }
            try perform(effect, slot, packet, answer)
        }
    }

    private func perform(_ effect: WorkerEffect, _ slot: Int, _ packet: Packet?, _ answer: Answer?) throws {
        switch effect {
        case .send(let message): send(message, from: slot, answer)
        case .open:
            workers[slot]?.isOpen = true
            workers[slot]?.parameters = [:]
        case .prepare(let notice): prepare(notice, packet?.parameters ?? [], slot)
        case .run(let lease): run(lease, slot)
        case .cancel(let lease): cancel(lease, slot)
        case .exit(let code, let reason): exit(slot, code, reason)
        case .ignored: break
        }
    }

    private func send(_ message: Message, from slot: Int, _ answer: Answer?) {
        guard let process = workers[slot] else { return }
        var payload = Packet.Payload.nothing
        if case .partial = message, let answer { payload = .answer(answer) }
        transmit(
            Packet(
                worker: process.id,
                slot: slot,
                direction: .toCoordinator,
                term: process.machine.term ?? Term(0),
                message: message,
                payload: payload
            )
        )
    }

    private func prepare(_ notice: RoundNotice, _ attached: [Parameter], _ slot: Int) {
        guard let process = workers[slot] else { return }
        guard attached.count == notice.attached.count else {
            workers[slot]?.pending.append(.unable(exitCode: 70, reason: "round without its arrays"))
            return
        }
        var kept = process.parameters.filter { notice.parameters.contains($0.key) }
        for (place, parameter) in zip(notice.attached, attached) { kept[notice.parameters[place]] = parameter }
        workers[slot]?.parameters = kept
        workers[slot]?.roundID = notice.round
        let parameters = notice.parameters.compactMap { kept[$0] }
        let round = Round(kind: notice.kind, parameters: parameters, blocks: options.size.blocks)
        workers[slot]?.round = round
    }

    private func exit(_ slot: Int, _ code: Int32, _ reason: String?) {
        guard let process = workers[slot] else { return }
        trace.add("\(trace.name(of: process.id))  exits with \(code)\(reason.map { ": \($0)" } ?? "")", at: now)
        observe(.processEnded(process.id, exitCode: code))
        end(slot, back: 100_000)
    }

    /// - Parameter back: when another process is started in its place, as a fleet's supervisor does.
    func end(_ slot: Int, back: Microseconds) {
        workers[slot] = nil
        agenda.add(.workerStarts(slot: slot, process: processes[slot] + 1), at: now + back)
    }

    func slot(of worker: WorkerID) -> Int { Int(worker.rawValue >> 32) - 1 }
}

// Computation.
extension SimulatedFleet {
    private func run(_ lease: Lease, _ slot: Int) {
        guard let process = workers[slot], process.isOpen, process.roundID == lease.round else {
            workers[slot]?.pending.append(.unable(exitCode: 70, reason: "lease of an unknown round: \(lease.round)"))
            return
        }
        computations += 1
        let worker = options.workers[slot]
        let computation = Computation(
            lease,
            number: computations,
            threads: worker.threads,
            blockTime: options.blockTime * worker.slowness / 100,
            start: max(now, process.busyUntil)
        )
        workers[slot]?.computation = computation
        agenda.add(.computed(process.id, slot: slot, computation: computations), at: computation.end)
    }

    /// The blocks at hand are finished all the same.
    private func cancel(_ lease: LeaseID, _ slot: Int) {
        guard let computation = workers[slot]?.computation, computation.lease.id == lease else { return }
        workers[slot]?.busyUntil = computation.endOfBlocks(at: now)
        workers[slot]?.computation = nil
    }

    private func tellProgress(_ slot: Int) throws {
        guard let computation = workers[slot]?.computation else { return }
        let finished = computation.finishedBlocks(at: now)
        guard finished > computation.told else { return }
        workers[slot]?.computation?.told = finished
        try handle(.progressed(computation.lease.id, finishedBlocks: finished), slot)
    }

    func finishComputation(_ slot: Int) throws {
        guard let process = workers[slot], let computation = process.computation, let round = process.round else {
            return
        }
        guard computation.end <= now, isAwake(slot) else {
            // It was held up meanwhile.
            let time = max(computation.end, process.stalledUntil)
            return agenda.add(.computed(process.id, slot: slot, computation: computation.number), at: time)
        }
        workers[slot]?.computation = nil
        let lease = computation.lease
        process.read(lease.blocks)
        let partial =
            process.isStale
            ? try reference.staleAnswer(to: round, of: lease.blocks)
            : try reference.answer(to: round, numbered: lease.round.rawValue, of: lease.blocks)
        let answer = Answer(
            term: process.machine.term ?? Term(0),
            round: lease.round.rawValue,
            blocks: lease.blocks,
            partial: partial
        )
        let notice = PartialNotice(lease: lease, checksum: partial.checksum, readings: Readings(process.readings))
        try handle(.finished(notice), slot, answer: answer)
        try wakeWorker(slot)
    }
}

extension Partial {
    /// Of the bits of its numbers; FNV-1a, number by number.
    fileprivate var checksum: UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ number: UInt64) { hash = (hash ^ number) &* 0x100_0000_01B3 }
        for array in arrays() {
            switch array.values {
            case .float32(let values): for value in values { add(UInt64(value.bitPattern)) }
            case .float64(let values): for value in values { add(value.bitPattern) }
            case .int32(let values): for value in values { add(UInt64(truncatingIfNeeded: value)) }
            case .int64(let values): for value in values { add(UInt64(bitPattern: value)) }
            }
        }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
