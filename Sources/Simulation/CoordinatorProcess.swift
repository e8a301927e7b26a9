import Clustering
import Coordination

/// One life of the coordinator: what its shell holds.
final class CoordinatorProcess {
    /// Which life it is, from 1.
    let life: Int
    let term: Term
    let clock: VirtualClock
    var machine: any CoordinatorMachine
    var program: ProgramHost
    /// Rounds that were done at the last record.
    var recordedRounds: UInt64

    /// Events that effects led to, to be handled after the present one.
    var pending: [Event] = []
    /// What waits to be read while the process stands still or syncs a record.
    var inbox: [Packet] = []
    var stalledUntil: Microseconds = 0
    /// What is to be performed once the record that is being written is on disk.
    var afterRecord: AfterRecord?
    /// When it is woken by its machine's deadline.
    var alarm: Microseconds?
    /// Workers whose connections are known to be gone.
    var unreachable: Set<WorkerID> = []

    struct AfterRecord {
        let entry: JournalEntry
        var effects: ArraySlice<Effect>
        /// What came with the event that led to them.
        let answer: Answer?
    }

    var isStopping = false

    init(
        life: Int,
        term: Term,
        clock: VirtualClock,
        machine: any CoordinatorMachine,
        program: ProgramHost,
        recordedRounds: UInt64
    ) {
        self.life = life
        self.term = term
        self.clock = clock
        self.machine = machine
        self.program = program
        self.recordedRounds = recordedRounds
    }
}
