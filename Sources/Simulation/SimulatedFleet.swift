import Clustering
import Coordination

/// A coordinator, its workers, its disk and the network between them, in a time of their own.
///
/// The decisions are those of the machines that the services drive. What is simulated is the shells around them, each as
/// the service's shell does it, and the world: so the code here follows `CoordinatorService` and `WorkerService`.
final class SimulatedFleet {
    let options: SimulationOptions
    let plan: FaultPlan
    let parts: FleetParts
    let reference: ReferenceRun

    var now: Microseconds = 0
    var agenda = Agenda<Occurrence>()
    var network: VirtualNetwork
    var disk = SimulatedDisk()
    var rows = CollectedRows()
    var checkers: Checkers
    let trace: Trace
    var random: SeededRandom
    var counts = SimulationCounts()

    var coordinator: CoordinatorProcess?
    var lives = 0
    /// When the next life begins, while there is none.
    var nextLife: Microseconds = 0
    /// By how many milliseconds the coordinator's wall clock is off.
    var clockStep = 0
    /// A crash that waits for a record.
    var armedCrash: Fault?
    /// How long after an interruption the job is resumed.
    var interruptionBack: Microseconds = 0

    /// By slot; nil while there is none.
    var workers: [WorkerProcess?]
    /// Processes that each slot has had.
    var processes: [Int]
    /// Slots whose next process has another copy of the data.
    var staleSlots: Set<Int> = []
    var computations = 0
    var isFinished = false
    private var isCalm = false

    enum Occurrence {
        case arrival(Packet)
        case coordinatorAlarm(life: Int, at: Microseconds)
        case coordinatorGoesOn(life: Int)
        case recordSynced(life: Int)
        case coordinatorStarts
        case workerAlarm(WorkerID, slot: Int, at: Microseconds)
        case workerGoesOn(WorkerID, slot: Int)
        case workerStarts(slot: Int, process: Int)
        case computed(WorkerID, slot: Int, computation: Int)
        case departure(WorkerID)
        case fault(Fault)
        case calm
    }

    init(
        _ options: SimulationOptions,
        plan: FaultPlan,
        parts: FleetParts,
        reference: ReferenceRun,
        isTraced: Bool
    ) {
        self.options = options
        self.plan = plan
        self.parts = parts
        self.reference = reference
        network = VirtualNetwork(options)
        checkers = Checkers(options, reference)
        trace = Trace(isWanted: isTraced)
        random = SeededRandom(seed: options.seed, purpose: 4)
        workers = Array(repeating: nil, count: options.size.workers)
        processes = Array(repeating: 0, count: options.size.workers)
        agenda.add(.coordinatorStarts, at: 0)
        for (slot, worker) in options.workers.enumerated() {
            agenda.add(.workerStarts(slot: slot, process: 1), at: worker.start)
        }
        for fault in plan.faults { agenda.add(.fault(fault), at: fault.time) }
        agenda.add(.calm, at: options.faultsEnd)
    }

    /// Runs until the job has ended or a checker objects.
    func run() throws -> SimulationResult {
        while !isFinished, checkers.objection == nil, let (time, occurrence) = agenda.next() {
            now = time
            checkers.look(at: now)
            try happen(occurrence)
        }
        if let objection = checkers.objection {
            trace.add("the \(objection.checker) checker objects: \(objection.complaint)", at: now)
        }
        counts.messages = network.counts.sent
        counts.lost = network.counts.lost
        counts.duplicated = network.counts.duplicated
        return SimulationResult(
            seed: options.seed,
            objection: checkers.objection,
            counts: counts,
            duration: now,
            transcript: trace.lines
        )
    }

    private func happen(_ occurrence: Occurrence) throws {
        switch occurrence {
        case .arrival(let packet): try arrive(packet)
        case .coordinatorAlarm(let life, let time):
            guard coordinator?.life == life, coordinator?.alarm == time else { return }
            coordinator?.alarm = nil
            try wakeCoordinator()
        case .coordinatorGoesOn(let life):
            guard coordinator?.life == life else { return }
            try wakeCoordinator()
        case .recordSynced(let life):
            guard coordinator?.life == life else { return }
            try finishRecord()
        case .coordinatorStarts: try startCoordinator()
        case .workerAlarm(let worker, let slot, let time):
            guard workers[slot]?.id == worker, workers[slot]?.alarm == time else { return }
            workers[slot]?.alarm = nil
            try wakeWorker(slot)
        case .workerGoesOn(let worker, let slot):
            guard workers[slot]?.id == worker else { return }
            try wakeWorker(slot)
        case .workerStarts(let slot, let process):
            guard processes[slot] == process - 1 else { return }
            try startWorker(slot)
        case .computed(let worker, let slot, let computation):
            guard workers[slot]?.id == worker, workers[slot]?.computation?.number == computation else { return }
            try finishComputation(slot)
        case .departure(let worker): try noteDeparture(of: worker)
        case .fault(let fault): try begin(fault)
        case .calm: becomeCalm()
        }
    }

    private func becomeCalm() {
        armedCrash = nil
        trace.add("no more faults", at: now)
        observe(.calm)
    }

    func observe(_ observation: Observation) {
        checkers.see(observation, at: now)
    }

    /// Puts a message on the network.
    func transmit(_ packet: Packet) {
        observe(.sent(packet))
        let arrivals = network.arrivals(slot: packet.slot, packet.direction, at: now)
        trace.add(packet, arrivals.isEmpty ? "sends, lost:" : arrivals.count > 1 ? "sends twice:" : "sends:", at: now)
        for time in arrivals { agenda.add(.arrival(packet), at: time) }
    }

    private func arrive(_ packet: Packet) throws {
        switch packet.direction {
        case .toCoordinator:
            guard coordinator != nil else {
                // A sender's queue outlives its connection, but what was in the system's buffers does not.
                if network.keepsForNext() { agenda.add(.arrival(packet), at: max(now, nextLife) + options.latency) }
                return
            }
            coordinator?.inbox.append(packet)
            try wakeCoordinator()
        case .toWorker:
            guard workers[packet.slot]?.id == packet.worker else { return }
            workers[packet.slot]?.inbox.append(packet)
            try wakeWorker(packet.slot)
        }
    }
}
