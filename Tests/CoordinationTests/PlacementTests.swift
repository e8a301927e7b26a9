import Testing

@testable import Coordination

struct PlacementTests {
    private func workers(_ threads: [Int]) -> [WorkerRecord] {
        threads.enumerated().map { index, threads in
            WorkerRecord(
                id: WorkerID(UInt64(index + 1)),
                request: JoinRequest(name: "w\(index)", process: 1, threads: threads, fingerprint: "x"),
                lastHeard: Instant(.zero)
            )
        }
    }

    private func round(_ blocks: Int, leasesHomes: Bool = false) -> RoundState {
        RoundState(
            RoundRequest(round: RoundID(1), kind: "assign", parameters: [], blocks: blocks, leasesHomes: leasesHomes)
        )
    }

    /// What everybody works on when all take turns until nothing is open.
    private func shares(_ threads: [Int], blocks: Int, leasesHomes: Bool = false) -> [[Range<Int>]] {
        let placement = Placement(of: workers(threads))
        var state = round(blocks, leasesHomes: leasesHomes)
        var shares = Array(repeating: [Range<Int>](), count: threads.count)
        var last: UInt64 = 0
        while !state.open.isEmpty {
            for index in threads.indices {
                guard let range = placement.blocks(for: index, in: state) else { break }
                last += 1
                let lease = Lease(id: LeaseID(last), round: RoundID(1), blocks: range)
                state.grant(lease, to: WorkerID(UInt64(index + 1)), at: Instant(.zero))
                shares[index].append(range)
            }
        }
        return shares
    }

    @Test(arguments: [[1, 1], [4, 2, 2], [1, 2, 3, 4, 5], [7]])
    func `A worker does its home first, in proportion to its threads, and then helps`(threads: [Int]) {
        let total = threads.reduce(0, +)
        let blocks = total * 64
        var begin = 0
        for (share, threads) in zip(shares(threads, blocks: blocks), threads) {
            let home = begin..<begin + blocks * threads / total
            #expect(share.first?.lowerBound == home.lowerBound)
            let atHome = share.prefix { home.contains($0.lowerBound) && $0.upperBound <= home.upperBound }
            #expect(atHome.map(\.count).reduce(0, +) >= home.count * 3 / 4)
            #expect(share.dropFirst(atHome.count).allSatisfy { !home.overlaps($0) })
            begin = home.upperBound
        }
    }

    @Test func `The same fleet has the same homes in every round`() {
        #expect(shares([2, 1], blocks: 90) == shares([2, 1], blocks: 90))
        let placement = Placement(of: workers([2, 1]))
        var later = round(90)
        later.grant(Lease(id: LeaseID(1), round: RoundID(1), blocks: 0..<10), to: WorkerID(1), at: Instant(.zero))
        #expect(placement.blocks(for: 1, in: round(90))?.lowerBound == 60)
        #expect(placement.blocks(for: 1, in: later)?.lowerBound == 60)
    }

    @Test func `A worker that has run out of its own helps at the end of the longest stretch`() {
        let placement = Placement(of: workers([1, 1]))
        var state = round(32)
        state.grant(Lease(id: LeaseID(1), round: RoundID(1), blocks: 16..<32), to: WorkerID(2), at: Instant(.zero))
        let help = placement.blocks(for: 1, in: state)
        #expect(help == 12..<16)
    }

    @Test(arguments: [[2, 2], [1, 2, 3, 1, 1], [1]], [100, 1_000, 100_000])
    func `A round needs a number of leases that does not grow with its blocks`(threads: [Int], blocks: Int) {
        let leases = shares(threads, blocks: blocks)
        #expect(leases.joined().map(\.count).reduce(0, +) == blocks)
        // A lease is no less than a sixteenth of its worker's home, and the last of each stretch may be cut.
        #expect(leases.joined().count <= 18 * threads.count)
        #expect(leases.joined().count >= threads.count)
    }

    @Test func `A round of short tasks gives every worker its home at once, and what a lost one leaves to others`() {
        #expect(shares([1, 1], blocks: 4, leasesHomes: true) == [[0..<2], [2..<4]])
        #expect(shares([1, 3], blocks: 16, leasesHomes: true) == [[0..<4], [4..<16]])
        #expect(shares([1, 1, 1], blocks: 4, leasesHomes: true) == [[0..<1], [1..<2], [2..<4]])
        // More workers than tasks: some have no home.
        #expect(shares([1, 1, 1, 1, 1], blocks: 2, leasesHomes: true).joined().map(\.count) == [1, 1])
        var state = round(12, leasesHomes: true)
        state.grant(Lease(id: LeaseID(1), round: RoundID(1), blocks: 0..<4), to: WorkerID(1), at: Instant(.zero))
        let left = Placement(of: workers([1, 1]))
        #expect(left.blocks(for: 0, in: state) == 4..<6)
        #expect(left.blocks(for: 1, in: state) == 6..<12)
    }

    @Test func `A round that begins in the middle is shared out from there, in leases no larger than it allows`() {
        let request = RoundRequest(
            round: RoundID(1),
            kind: "band",
            parameters: [],
            firstBlock: 40,
            blocks: 100,
            largestLease: 4
        )
        let placement = Placement(of: workers([1, 1]))
        var state = RoundState(request)
        #expect(placement.blocks(for: 0, in: state) == 40..<44)
        #expect(placement.blocks(for: 1, in: state) == 70..<74)
        var leases: [Range<Int>] = []
        while let range = placement.blocks(for: leases.count % 2, in: state) {
            leases.append(range)
            let lease = Lease(id: LeaseID(UInt64(leases.count)), round: RoundID(1), blocks: range)
            let worker = WorkerID(UInt64(leases.count % 2 + 1))
            state.grant(lease, to: worker, at: Instant(.zero))
            #expect(state.invariants() == nil)
            _ = state.accept(PartialNotice(lease: lease, checksum: 1), from: worker)
        }
        #expect(leases.map(\.count).reduce(0, +) == 60 && leases.allSatisfy { $0.count <= 4 })
        #expect(state.isComplete)
    }

    @Test func `A round that goes from the last task gives everybody the last that is left, in ever smaller leases`() {
        let request = RoundRequest(
            round: RoundID(1),
            kind: "band",
            parameters: [],
            firstBlock: 8,
            blocks: 27,
            goesFromLast: true
        )
        let placement = Placement(of: workers([1, 1]))
        var state = RoundState(request)
        var leases: [Range<Int>] = []
        while let range = placement.blocks(for: leases.count % 2, in: state) {
            leases.append(range)
            let lease = Lease(id: LeaseID(UInt64(leases.count)), round: RoundID(1), blocks: range)
            state.grant(lease, to: WorkerID(UInt64(leases.count % 2 + 1)), at: Instant(.zero))
        }
        #expect(leases == [22..<27, 18..<22, 15..<18, 13..<15, 11..<13, 10..<11, 9..<10, 8..<9])
    }

    @Test func `With fewer blocks than workers some have nothing to do`() {
        #expect(shares([1, 1, 1], blocks: 2).map(\.count).reduce(0, +) == 2)
    }
}
