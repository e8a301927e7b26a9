import Shards
import Tensors

/// What a search for neighbours takes, by the formulas that `Neighbors` and `ApproximateNeighbors` state, in bytes.
package struct NeighborsCost: Sendable, Equatable {
    /// What workers send: lists, and where cells are made sums of their rows.
    ///
    /// Left out are the survey and what a message has besides its arrays, some kB for each lease.
    package internal(set) var received = 0
    /// What they are sent: thresholds and candidates, or centroids, sampled rows and an index. The job and leases are left
    /// out.
    package internal(set) var sent = 0
    /// Spills of the coordinator.
    package internal(set) var spilled = 0
    /// The memory of a worker, mapped rows left out.
    package internal(set) var worker = 0
    package internal(set) var coordinator = 0

    /// An entry of a list, and the count of a list.
    static let entryBytes = 8
    static let countBytes = 4
    /// A process that does nothing yet.
    static let processBytes = 4 << 20

    /// - Parameters:
    ///   - workers: at least 1.
    ///   - threads: of each.
    package init(of program: Neighbors, workers: Int, threads: Int) {
        for band in 0..<program.bandCount { add(band, of: program, workers) }
        worker = Self.worker(of: program, threads: threads)
        coordinator = Self.coordinator(of: program, workers: workers)
    }

    private mutating func add(_ band: Int, of program: Neighbors, _ workers: Int) {
        let blocks = program.blocks(ofBand: band)
        let bandRows = program.rows(of: blocks).count
        let isSymmetric = program.queries == nil
        let tasks = isSymmetric ? program.dataset.blockCount - blocks.lowerBound : program.dataset.blockCount
        let seen = isSymmetric ? blocks.lowerBound : 0
        let leases = Self.leases(of: tasks, workers: workers, largest: program.largestLease, goesFromLast: isSymmetric)
        var left = tasks
        for lease in leases {
            // A block of the band has no part in the lists of those behind it; the leases of such blocks come last.
            let listed = isSymmetric ? program.rows(of: blocks.prefix(left)).count : bandRows
            received += Self.bytes(ofLists: listed, from: lease, after: seen, program)
            left -= lease
        }
        let settled = bandRows * Self.entryBytes * program.settings.k
        received += settled
        spilled += settled
        let settling = min(workers, program.settlingTasks(ofRows: bandRows))
        sent += settling * Self.bytes(ofCandidates: bandRows, program)
        guard isSymmetric else { return }
        let later = program.dataset.rows - program.rows(of: blocks).upperBound
        let own = Self.bytes(ofLists: later, from: blocks.count, after: seen, program)
        received += own
        spilled += own
        if band > 0 { sent += min(workers, tasks) * 4 * (later + bandRows) }
    }

    /// Of lists that take entries from `new` blocks after `seen` others.
    private static func bytes(ofLists rows: Int, from new: Int, after seen: Int, _ program: Neighbors) -> Int {
        let found = min(Double(program.candidateCount), Double(new * program.dataset.blockRows))
        let share = seen == 0 ? 1 : min(1, Double(new) / Double(seen))
        return rows * countBytes + Int(Double(rows) * found * share) * entryBytes
    }

    /// Of what settles the lists of so many rows: candidates, and scores of those beyond the neighbours.
    static func bytes(ofCandidates rows: Int, _ program: Neighbors) -> Int {
        4 * rows * (2 * program.candidateCount - program.settings.k)
    }

    /// The leases of a round, as `Placement` of the coordinator cuts them while workers take turns: each from its own
    /// stretch of the tasks, and then from where most are left; or all from one.
    static func leases(
        of tasks: Int,
        workers: Int,
        largest: Int = .max,
        goesFromLast: Bool = false
    ) -> [Int] {
        let least = (tasks + 16 * workers - 1) / (16 * workers)
        let stretches = goesFromLast ? 1 : workers
        var open = (0..<stretches).map { tasks * ($0 + 1) / stretches - tasks * $0 / stretches }
        var left = tasks
        var leases: [Int] = []
        while left > 0 {
            let worker = leases.count % stretches
            let longest = open.indices.max { open[$0] < open[$1] } ?? worker
            let place = open[worker] > 0 ? worker : longest
            let size = min(open[place], largest, max(1, (left + 2 * workers - 1) / (2 * workers), least))
            leases.append(size)
            open[place] -= size
            left -= size
        }
        return leases
    }

    private static func worker(of program: Neighbors, threads: Int) -> Int {
        let (rows, columns, k) = (program.dataset.blockRows, program.dataset.columns, program.candidateCount)
        let band = program.bandBlocks * rows
        // Rows laid out for one use take what they take as Float; a reservoir up to twice its lists.
        let thread = rows * columns * 4 + 2 * (band + rows) * k * entryBytes
        let leased = program.queries == nil ? min(program.largestLease, program.dataset.blockCount) * rows : 0
        // An answer is there as lists, as arrays and as a message.
        let answer = 3 * (band + leased) * k * entryBytes
        let norms = program.settings.metric == .cosine ? 8 * program.dataset.rows : 0
        // What a thread searches with it keeps; besides, it settles lists by the candidates of a band, once it has those.
        let candidates = bytes(ofCandidates: min(band, program.listed.rows), program)
        return processBytes + band * columns * 4 + threads * thread + max(answer, candidates) + norms
    }

    private static func coordinator(of program: Neighbors, workers: Int) -> Int {
        let band = program.bandBlocks * program.listed.blockRows
        let leased = program.queries == nil ? program.largestLease * program.dataset.blockRows : 0
        // Thresholds in the files' record, in the model and in its snapshot; one answer as a message, as arrays and as lists;
        // candidates in the model and in its snapshot.
        return processBytes + 3 * 4 * program.listed.rows
            + 3 * min(program.listed.rows, band + leased) * program.candidateCount * entryBytes
            + 2 * bytes(ofCandidates: min(program.listed.rows, band), program)
    }
}
