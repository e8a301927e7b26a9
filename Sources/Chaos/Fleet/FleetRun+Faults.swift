import Foundation

// Doing harm.
extension FleetRun {
    /// Begins what is due and can be done; the rest waits.
    func beginFaults(at time: Double) throws {
        var later: [Schedule.Fault] = []
        for fault in waiting {
            guard fault.time <= time, canBegin(fault) else {
                later.append(fault)
                continue
            }
            var begun = ActiveFault(fault, at: time)
            try begin(&begun, at: time)
            for name in begun.report.victims { ledger.harmed(name, at: time) }
            say("\(time.shown) s: \(begun.report.title): \(begun.report.victims.joined(separator: ", "))")
            active.append(begun)
        }
        waiting = later
    }

    /// A coordinator that has just been started, or is held, must first be one again.
    private func canBegin(_ fault: Schedule.Fault) -> Bool {
        guard fault.rule.target == .coordinator else { return true }
        guard let coordinator, coordinator.ending == nil, harmed[coordinator.identifier] == nil,
            !active.contains(where: \.holdsCoordinator)
        else { return false }
        guard fault.rule.kind == .tornWrite else { return true }
        let last = JournalFile(path: place.folder + "/.journal").lastRecord
        return last.map { $0.offset >= journalWritten } ?? false
    }

    private func begin(_ begun: inout ActiveFault, at time: Double) throws {
        let rule = begun.fault.rule
        switch rule.target {
        case .coordinator: try harmCoordinator(&begun)
        case .machine: try beginHogging(&begun)
        default:
            let chosen = begun.fault.chosen(among: candidates(for: rule))
            begun.report.victims = chosen.map { workers[$0].name }
            if rule.kind.isOfNetwork { tamper(begun) } else { try harm(chosen, &begun) }
        }
    }

    /// Workers that nothing else is being done to; all of them where there are none such, or where all are meant.
    private func candidates(for rule: FaultRule) -> [Int] {
        let alive = workers.indices.filter { workers[$0].process?.ending == nil }
        if rule.target == .all { return alive }
        let free = alive.filter { index in !active.contains { $0.disturbs(workers[index].name) } }
        return free.isEmpty ? alive : free
    }

    private func harm(_ chosen: [Int], _ begun: inout ActiveFault) throws {
        for index in chosen {
            guard let process = workers[index].process else { continue }
            switch begun.kind {
            case .kill, .terminate:
                process.send(begun.kind == .kill ? SIGKILL : SIGTERM)
                begun.victims.append(.init(name: workers[index].name, process: process))
            case .pause:
                process.send(SIGSTOP)
                workers[index].isDisturbed = true
                begun.victims.append(.init(name: workers[index].name, process: process))
            case .exit, .slowStart:
                try replace(index, &begun)
            default: break
            }
        }
    }

    /// Puts another worker in a worker's place: one that exits at a point, or one that is slow to start.
    private func replace(_ index: Int, _ begun: inout ActiveFault) throws {
        guard let old = workers[index].process else { return }
        old.send(SIGKILL)
        while old.ending == nil { Thread.sleep(forTimeInterval: 0.001) }
        lanes[index + 1].endLife(of: old.identifier, at: now, "was ended to make room")
        workers[index].isDisturbed = true
        var words: [String] = []
        if begun.kind == .exit {
            var draws = begun.fault.draws
            let point = begun.fault.rule.point ?? job.exitPoints[draws.index(below: job.exitPoints.count)]
            words = ["--exit-at", point]
            begun.cut = "at '\(point)'"
        }
        try startWorker(index, words)
        guard let process = workers[index].process else { return }
        if begun.kind == .slowStart { process.send(SIGSTOP) }
        begun.victims.append(.init(name: workers[index].name, process: process, isReplacement: true))
    }

    private func tamper(_ begun: ActiveFault) {
        let names = Set(begun.report.victims)
        if begun.kind == .reset {
            proxy?.reset(begun.fault.number, workers: names)
        } else {
            proxy?.add(Toxic(number: begun.fault.number, rule: begun.fault.rule, workers: names))
        }
        guard begun.kind == .partition else { return }
        for index in workers.indices where names.contains(workers[index].name) { workers[index].isDisturbed = true }
    }

    private func harmCoordinator(_ begun: inout ActiveFault) throws {
        guard let coordinator else { return }
        begun.report.victims = ["coordinator"]
        begun.victims = [.init(name: "coordinator", process: coordinator)]
        switch begun.kind {
        case .pause:
            coordinator.send(SIGSTOP)
            return
        case .terminate: coordinator.send(SIGTERM)
        case .diskFull: begun.failure = fillDisk(of: coordinator)
        default: coordinator.send(SIGKILL)
        }
        begun.process = coordinator
        harmed[coordinator.identifier] = begun.kind
    }

    /// No file may grow any more: what a process meets whose disk, or quota, is full. Only its own limit is set.
    private func fillDisk(of process: ChildProcess) -> String? {
        do {
            let tool = try ChildProcess(
                "/usr/bin/prlimit",
                ["--pid", "\(process.identifier)", "--fsize=0:"],
                environment: job.environment,
                errors: nil
            )
            while tool.ending == nil { Thread.sleep(forTimeInterval: 0.001) }
            return tool.ending == .exited(0) ? nil : "prlimit: \(tool.words.onOneLine)"
        } catch {
            return "no /usr/bin/prlimit (util-linux)"
        }
    }

    private func beginHogging(_ begun: inout ActiveFault) throws {
        begun.report.victims = ["machine"]
        // Should this process die, they end by themselves.
        let limit = Int(begun.fault.rule.seconds) + 10
        for _ in 0..<begun.fault.rule.processes {
            begun.hogs.append(
                try ChildProcess(
                    "/bin/sh",
                    ["-c", "ulimit -t \(limit); while :; do :; done"],
                    environment: job.environment,
                    errors: FileHandle.nullDevice
                )
            )
        }
    }
}

// Taking it back, and knowing that it was done.
extension FleetRun {
    func goOnWithFaults(at time: Double) throws {
        for place in active.indices {
            noteStops(&active[place])
            if let until = active[place].until, time >= until, hasShown(active[place]) {
                takeBack(&active[place], at: time)
            }
        }
        for fault in active where fault.until == nil {
            if let report = settled(fault) { reports.append(report) }
        }
        active.removeAll { fault in reports.contains { $0.number == fault.fault.number } }
    }

    /// At the job's end: what is not proved by now is not.
    func endFaults(at time: Double) {
        for place in active.indices {
            noteStops(&active[place])
            if active[place].until != nil { takeBack(&active[place], at: time) }
        }
        for fault in active { reports.append(settled(fault) ?? unproved(fault)) }
        active = []
        reports += waiting.filter { $0.time <= time }.map(FaultReport.init)
        reports.sort { $0.number < $1.number }
    }

    /// Whether a fault of the network has met a message: on a fleet that is busy otherwise none may come by in its time, and it
    /// stays until one does.
    private func hasShown(_ fault: ActiveFault) -> Bool {
        guard fault.kind.isOfNetwork, let proxy else { return true }
        return proxy.count(of: fault.fault.number) > 0
    }

    private func noteStops(_ fault: inout ActiveFault) {
        guard fault.kind == .pause || fault.kind == .slowStart, fault.until != nil else { return }
        for place in fault.victims.indices where !fault.victims[place].wasStopped {
            fault.victims[place].wasStopped = fault.victims[place].process.status?.state == "T"
        }
    }

    private func takeBack(_ fault: inout ActiveFault, at time: Double) {
        fault.until = nil
        fault.report.ended = time
        switch fault.kind {
        case .cpuHog:
            fault.hogSeconds = fault.hogs.reduce(0) { $0 + ($1.status?.processorSeconds ?? 0) }
            ledger.add(min(fault.hogSeconds, Double(cores) * fault.fault.rule.seconds))
        case _ where fault.kind.isOfNetwork: proxy?.remove(fault.fault.number)
        default: break
        }
        fault.release()
        guard fault.kind == .pause || fault.kind == .partition else { return }
        for index in workers.indices where fault.report.victims.contains(workers[index].name) {
            // A replacement is working again once it has joined.
            if workers[index].hasJoined { workers[index].isDisturbed = false }
        }
    }

    /// The report of a fault of which all is known; nil of one that is still to show itself.
    private func settled(_ fault: ActiveFault) -> FaultReport? {
        var report = fault.report
        if let failure = fault.failure {
            report.proof = failure
            return report
        }
        switch fault.kind {
        case .kill, .terminate, .exit, .diskFull, .tornWrite:
            guard fault.victims.allSatisfy({ $0.ending != nil }) else { return nil }
            report.ended = report.ended ?? now
            report.fired = !fault.victims.isEmpty && fault.victims.allSatisfy { isMeant($0, fault) }
            report.proof =
                fault.victims.map {
                    "\($0.name), process \($0.process.identifier), \($0.ending.map(\.description) ?? "")"
                }
                .joined(separator: "; ") + (fault.cut.map { "; \($0)" } ?? "")
        case .pause, .slowStart:
            report.fired = !fault.victims.isEmpty && fault.victims.allSatisfy(\.wasStopped)
            report.proof = fault.victims.map { victim in
                "\(victim.name), process \(victim.process.identifier), \(victim.wasStopped ? "was" : "was not") seen in state T"
            }.joined(separator: "; ")
        case .cpuHog:
            report.fired = fault.hogSeconds > 0
            report.proof = "\(fault.hogs.count) processes used \(fault.hogSeconds.shown) s of the processors"
        default:
            // An order that was given just now may not have been carried out.
            if fault.kind == .reset && proxy?.count(of: report.number) == 0 && now - (report.began ?? 0) < 0.5 {
                return nil
            }
            let count = proxy?.count(of: report.number) ?? 0
            report.fired = count > 0
            report.proof = "the proxy counted \(count) \(fault.kind == .reset ? "connections" : "messages")"
            report.ended = report.ended ?? now
        }
        return report
    }

    private func isMeant(_ victim: ActiveFault.Victim, _ fault: ActiveFault) -> Bool {
        switch fault.kind {
        case .kill: victim.ending == .killed(signal: SIGKILL)
        case .tornWrite: victim.ending == .killed(signal: SIGKILL) && fault.cut != nil
        case .terminate where victim.name == "coordinator": victim.ending == .exited(75)
        case .terminate: victim.ending != nil
        case .exit: victim.ending == .exited(job.exitStatus)
        default: victim.ending == .exited(74)
        }
    }

    private func unproved(_ fault: ActiveFault) -> FaultReport {
        var report = fault.report
        report.proof = "the job was over before it showed"
        return report
    }
}
