import Coordination

// What the plan brings about.
extension SimulatedFleet {
    func begin(_ fault: Fault) throws {
        trace.add("\(fault)", at: now)
        counts.faults[fault.kind.name, default: 0] += 1
        switch fault.kind {
        case .workerCrash(let slot, let isNoticed, let back): crash(slot, isNoticed, back: back)
        case .workerDrain(let slot):
            guard workers[slot]?.isDraining == false else { return }
            workers[slot]?.isDraining = true
            workers[slot]?.pending.append(.drain)
            try wakeWorker(slot)
        case .staleCopy(let slot, let back):
            staleSlots.insert(slot)
            crash(slot, true, back: back)
        case .workerPause(let slot, let span): pause(slot, for: span)
        case .workerHang(let slot, let span):
            workers[slot]?.computation?.holdUp(by: span, at: now)
        case .coordinatorCrash: crashCoordinator(fault)
        case .crashWhileRecording: armedCrash = fault
        case .coordinatorPause(let span):
            guard let life = coordinator?.life else { return }
            coordinator?.stalledUntil = now + span
            agenda.add(.coordinatorGoesOn(life: life), at: now + span)
        case .interruption(let back):
            guard coordinator != nil else { return }
            interruptionBack = back
            coordinator?.pending.append(.interrupted)
            try wakeCoordinator()
        case .partition, .slowLink, .loss, .duplication, .reordering: network.begin(fault)
        }
    }

    private func crash(_ slot: Int, _ isNoticed: Bool, back: Microseconds) {
        guard let process = workers[slot] else { return }
        trace.add("\(trace.name(of: process.id))  crashes", at: now)
        if isNoticed { agenda.add(.departure(process.id), at: now + random.integer(0...100_000)) }
        end(slot, back: back)
    }

    private func pause(_ slot: Int, for span: Microseconds) {
        guard let process = workers[slot] else { return }
        workers[slot]?.stalledUntil = max(process.stalledUntil, now + span)
        workers[slot]?.computation?.holdUp(by: span, at: now)
        agenda.add(.workerGoesOn(process.id, slot: slot), at: now + span)
    }
}
