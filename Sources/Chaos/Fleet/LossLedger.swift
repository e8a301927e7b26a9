import Dashboard

/// What faults cost: processor time that nobody could use, and the time until lost work was in other hands.
struct LossLedger {
    private let cores: Int
    private(set) var lostCoreSeconds = 0.0
    /// Whether a coordinator is there and some worker has joined it.
    private(set) var isCoordinatorBack = true
    private var sinceLoss: [Double] = []
    private var sinceFault: [Double] = []
    /// By the coordinator's clock, when it lost or gave up a worker.
    private var lostAt: [String: Double] = [:]
    /// By ours, when something was done to a worker that the coordinator has not lost since.
    private var harmedAt: [String: Double] = [:]
    /// When that was done for which it lost a worker last.
    private var causeOfLoss: [String: Double] = [:]
    /// Workers that have joined and not been lost since.
    private var joined: Set<String> = []

    init(cores: Int) {
        self.cores = cores
    }

    var releases: ChaosRecord.Releases {
        ChaosRecord.Releases(sinceLoss: sinceLoss, sinceFault: sinceFault)
    }

    /// Adds processor seconds that were taken from the fleet.
    mutating func add(_ coreSeconds: Double) { lostCoreSeconds += coreSeconds }

    /// A stretch of time in which so many workers of all could work: cores without a worker are lost ones.
    mutating func pass(from start: Double, to end: Double, running: Int, of all: Int) {
        lostCoreSeconds += Double(min(cores, all) - min(cores, running)) * (end - start)
    }

    mutating func coordinatorDied() {
        isCoordinatorBack = false
        lostAt = [:]
        harmedAt = [:]
        causeOfLoss = [:]
    }

    mutating func harmed(_ worker: String, at time: Double) { harmedAt[worker] = time }

    mutating func note(_ event: FleetEventRecord, at time: Double) {
        switch event.event {
        case .joined:
            isCoordinatorBack = true
            if let worker = event.worker { joined.insert(worker) }
        case .lost, .leaseLapsed, .left:
            guard let worker = event.worker else { return }
            lostAt[worker] = event.time
            // It may have had no lease; the loss of another of its name is not for the same reason.
            if joined.remove(worker) != nil { causeOfLoss[worker] = nil }
            if let harmed = harmedAt.removeValue(forKey: worker) { causeOfLoss[worker] = harmed }
        case .leasedAgain:
            guard let from = event.from else { return }
            if let lost = lostAt[from] { sinceLoss.append(event.time - lost) }
            if let harmed = causeOfLoss.removeValue(forKey: from) { sinceFault.append(time - harmed) }
        default: break
        }
    }
}
