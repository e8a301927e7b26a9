import Coordination
import Testing

@testable import Dashboard

struct FleetSnapshotTests {
    private func worker(
        _ id: UInt64,
        silence: Duration = .zero,
        blocks: Int = 10,
        in time: Duration = .seconds(1),
        lease: FleetStatus.LeaseStatus? = nil,
        isDraining: Bool = false
    ) -> FleetStatus.WorkerStatus {
        var pace = Pace()
        pace.add(blocks: blocks, in: time)
        return FleetStatus.WorkerStatus(
            id: WorkerID(id),
            request: Self.request(id),
            silence: silence,
            lease: lease,
            isStalled: false,
            isDraining: isDraining,
            pace: pace
        )
    }

    private static func request(_ id: UInt64) -> JoinRequest {
        JoinRequest(name: "w\(id)", process: Int32(id), host: "node-\(id)", threads: 1, fingerprint: "x")
    }

    private func lease(_ blocks: Range<Int>, age: Duration, others: [WorkerID] = []) -> FleetStatus.LeaseStatus {
        FleetStatus.LeaseStatus(
            lease: Lease(id: LeaseID(1), round: RoundID(3), blocks: blocks),
            age: age,
            finishedBlocks: 1,
            others: others
        )
    }

    private func snapshot(
        _ workers: [FleetStatus.WorkerStatus],
        phase: FleetStatus.Phase = .working,
        moves: [LeaseMove] = [],
        departed: [FleetSnapshot.Departed] = []
    ) -> FleetSnapshot {
        var snapshot = FleetSnapshot(
            job: "kmeans",
            state: .working,
            written: "2026-01-01T00:00:00Z",
            elapsed: 12,
            coordinator: FleetSnapshot.Process(host: "head", pid: 1),
            progress: FleetSnapshot.Progress(phase: "iterating", done: 3, limit: 300, objective: 1.5, moved: 7),
            rowsPerSecond: 1000,
            fleet: FleetSnapshot.Fleet(requested: 3, present: 0, least: 0, joined: 4, lost: 1)
        )
        let round = FleetStatus.RoundStatus(
            request: RoundRequest(round: RoundID(3), kind: "assign", parameters: [], blocks: 40),
            mergedBlocks: 10,
            leasedBlocks: 20
        )
        snapshot.take(
            FleetStatus(
                phase: phase,
                leastWorkers: 2,
                suspicion: .seconds(2),
                round: round,
                workers: workers,
                moves: moves
            ),
            at: Instant(.seconds(10)),
            counts: [WorkerID(1): FleetSnapshot.Counts(blocks: 100, bytesSent: 2048, bytesReceived: 4096)],
            departed: departed
        )
        return snapshot
    }

    @Test func `a worker in order has nothing the matter`() {
        let now = snapshot([worker(1, lease: lease(0..<10, age: .seconds(1))), worker(2)])
        #expect(now.workers.map(\.state) == [.working, .idle])
        #expect(now.workers.map(\.remarks) == [[], []])
        #expect(now.workers.first?.blocks == 100)
        #expect(now.workers.first?.host == "node-1")
        #expect(now.round?.blocksPerSecond == 20)
        #expect(now.round?.remaining == 1.5)
        #expect(now.fleet.present == 2)
    }

    @Test func `a slow worker is compared with the others`() {
        let now = snapshot([worker(1), worker(2), worker(3, in: .seconds(5))])
        #expect(now.workers.map(\.relativeSpeed) == [1, 1, 0.2])
        #expect(now.workers.map(\.remarks) == [[], [], ["at 0.20 x the usual speed"]])
    }

    @Test func `a silent worker, one that is at it for long, a copy and a drain are told`() {
        let late = lease(0..<10, age: .seconds(8), others: [WorkerID(2)])
        let now = snapshot([worker(1, silence: .milliseconds(1400), lease: late), worker(2, isDraining: true)])
        #expect(now.workers.map(\.state) == [.silent, .draining])
        #expect(
            now.workers.first?.remarks == [
                "stopped, overloaded or cut off? lost after 2.00 s", "at it for 8.00 s, usually 1.00 s", "copied to w2",
            ]
        )
        #expect(now.workers.last?.remarks == ["goes once its lease is done"])
    }

    @Test func `a lost worker is named with its reason, one that came back with both`() {
        let departed = [1, 9].map {
            FleetSnapshot.Departed(
                id: WorkerID($0),
                request: Self.request($0),
                reason: "silent for 2001 ms",
                ago: .seconds(3)
            )
        }
        let now = snapshot([worker(1)], departed: departed)
        #expect(now.workers.map(\.state) == [.idle, .lost])
        #expect(now.workers.first?.remarks == ["was lost 3.00 s ago (silent for 2001 ms), came back"])
        #expect(now.workers.last?.remarks == ["silent for 2001 ms"])
        #expect(now.workers.last?.name == "w9")
    }

    @Test func `a move says who has the blocks now, neighbours together`() {
        let departed = FleetSnapshot.Departed(
            id: WorkerID(9),
            request: Self.request(9),
            reason: "gone",
            ago: .seconds(3)
        )
        let move = LeaseMove(
            lease: Lease(id: LeaseID(4), round: RoundID(3), blocks: 4..<12),
            worker: WorkerID(9),
            reason: .lost(because: "gone"),
            time: Instant(.seconds(7)),
            takers: [(2, 10..<12), (1, 6..<10), (1, 4..<6)].map { LeaseMove.Taker(worker: WorkerID($0), blocks: $1) }
        )
        let now = snapshot([worker(1), worker(2)], moves: [move], departed: [departed])
        #expect(now.moves.map(\.text) == ["3.00 s ago: w9 lost: blocks 4-11 of round 3 moved 4-9 to w1, 10-11 to w2"])
    }

    @Test func `a fleet that is too small waits`() {
        let now = snapshot([worker(1)], phase: .gathering(.seconds(4)))
        #expect(now.state == .waiting)
        #expect(now.fleet.waiting == 4)
        #expect(StatusText.text(now, isColoured: false).contains("waits since 4.00 s for at least 2"))
    }

    @Test func `it survives the way through its text`() throws {
        let now = snapshot([worker(1, lease: lease(0..<10, age: .seconds(1)))])
        #expect(try FleetSnapshot(json: now.json()) == now)
    }

    @Test func `however many workers there are, it fits the wire and a screen`() throws {
        let long = String(repeating: "\u{1F600}", count: 256)
        let workers = (1...4096).map { id in
            var worker = worker(UInt64(id))
            worker.request.name = long
            worker.request.host = long
            return worker
        }
        let now = snapshot(workers)
        #expect(now.fleet.present == 4096)
        #expect(now.workers.count == 256)
        #expect(try now.json().utf8.count < 1 << 20)
        #expect(StatusText.text(now, isColoured: false).split(separator: "\n").count < 24)
    }

    @Test func `names of peers cannot drive the terminal, and colours are asked for`() {
        var evil = worker(1, silence: .seconds(2))
        evil.request.name = "\u{1B}[2Jx\n"
        let plain = StatusText.text(snapshot([evil]), isColoured: false)
        #expect(!plain.contains("\u{1B}"))
        #expect(plain.split(separator: "\n").contains { $0.hasPrefix(" [2Jx") })
        #expect(StatusText.text(snapshot([evil]), isColoured: true).contains("\u{1B}[33m"))
    }
}
