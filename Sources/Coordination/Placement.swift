/// Which blocks go to whom.
///
/// Every worker has a home: a stretch of the dataset in proportion to its threads, the same in every round while the
/// fleet is the same, so that what it remembers of its blocks serves again. It works through its home in ever smaller
/// leases; then it helps where most is left. The number of leases of a round depends on the number of threads, not of
/// blocks: a lease is half of a worker's fair share of what is left, and no less than a sixteenth of its home; but never
/// more than the round allows. A round whose first tasks are its smallest may ask for no homes but for leases from the last
/// task on: all workers then end with the smallest. And one of short tasks may ask that a worker gets its home in one
/// lease.
struct Placement {
    private let threads: [Int]
    private let total: Int

    init(of workers: [WorkerRecord]) {
        threads = workers.map(\.request.threads)
        total = threads.reduce(0, +)
    }

    /// What the worker at `index` should be given; nil when no block is open.
    func blocks(for index: Int, in round: RoundState) -> Range<Int>? {
        let home = home(of: index, tasks: round.request.tasks)
        let limit = round.request.leasesHomes ? max(1, home.count) : size(for: index, in: round)
        if round.request.goesFromLast { return round.open.last(limit: limit) }
        return round.open.first(in: home, limit: limit) ?? round.open.lastOfLongest(limit: limit)
    }

    private func home(of index: Int, tasks: Range<Int>) -> Range<Int> {
        let before = threads[..<index].reduce(0, +)
        let end = tasks.lowerBound + tasks.count * (before + threads[index]) / total
        return tasks.lowerBound + tasks.count * before / total..<end
    }

    private func size(for index: Int, in round: RoundState) -> Int {
        let share = { (blocks: Int, parts: Int) in (blocks * threads[index] + total * parts - 1) / (total * parts) }
        let size = max(1, share(round.open.count, 2), share(round.request.tasks.count, 16))
        return min(size, round.request.largestLease)
    }
}
