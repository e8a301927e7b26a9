import Coordination

/// The judges of a run. None knows how the fleet does what it does.
struct Checkers {
    private var counting: CountingChecker
    private var record: RecordChecker
    private var answer: AnswerChecker
    private var term = TermChecker()
    private var identity = IdentityChecker()
    private var lease: LeaseChecker
    private var liveness: LivenessChecker
    /// The first, after which nothing more is seen.
    private(set) var objection: Objection?

    init(_ options: SimulationOptions, _ reference: ReferenceRun) {
        counting = CountingChecker(blocks: options.size.blocks)
        record = RecordChecker(unrecordedRounds: options.unrecordedRounds)
        answer = AnswerChecker(reference)
        lease = LeaseChecker(
            options.settings.timing,
            deathTimeout: options.deathTimeout,
            // Nothing stands still, and nothing is held up, for longer than there are faults.
            slack: options.faultsEnd
        )
        liveness = LivenessChecker(patience: options.patience(rounds: reference.rounds.count))
    }

    mutating func see(_ observation: Observation, at now: Microseconds) {
        object(CountingChecker.name, counting.see(observation), at: now)
        object(RecordChecker.name, record.see(observation), at: now)
        object(TermChecker.name, term.see(observation), at: now)
        object(IdentityChecker.name, identity.see(observation), at: now)
        object(LeaseChecker.name, lease.see(observation, at: now), at: now)
        object(AnswerChecker.name, answer.see(observation), at: now)
        liveness.see(observation, at: now)
    }

    mutating func look(at now: Microseconds) {
        object(LivenessChecker.name, liveness.look(at: now), at: now)
    }

    /// A machine says of itself that something is wrong.
    mutating func object(to invariant: String?, at now: Microseconds) {
        object("invariants", invariant, at: now)
    }

    private mutating func object(_ checker: String, _ complaint: String?, at now: Microseconds) {
        guard let complaint, objection == nil else { return }
        objection = Objection(checker: checker, time: now, complaint: complaint)
    }
}
