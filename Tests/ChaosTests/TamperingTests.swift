import Coordination
import Testing
import Wire

@testable import Chaos

struct TamperingTests {
    private func message(_ number: Int, _ direction: Relay.Direction = .toCoordinator) -> Relay.Passage {
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 100)
        return Relay.Passage(direction: direction, worker: WorkerID(7), frames: [bytes, Array(bytes.prefix(50))])
    }

    /// What a fault of the kind makes of messages that come a hundredth of a second apart.
    private func deliveries(
        _ kind: FaultKind,
        count: Int = 200,
        seed: UInt64 = 1,
        _ change: (inout FaultRule) -> Void = { _ in }
    ) -> (all: [Tampering.Delivery], tampering: Tampering) {
        var rule = FaultRule(kind, .all)
        change(&rule)
        var tampering = Tampering(seed: seed)
        tampering.add(Toxic(number: 1, rule: rule, workers: ["a"]))
        let all = (0..<count).flatMap { tampering.pass(message($0), of: "a", at: Double($0) / 100) }
        return (all, tampering)
    }

    private func differingBits(_ left: Relay.Passage, _ right: Relay.Passage) -> Int {
        zip(left.frames.joined(), right.frames.joined()).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    }

    @Test func `without faults messages pass as they are`() {
        var tampering = Tampering(seed: 1)
        #expect(tampering.pass(message(3), of: "a", at: 5) == [Tampering.Delivery(time: 5, passage: message(3))])
        #expect(tampering.counts.isEmpty)
    }

    @Test func `a share of messages is lost, and counted`() {
        let (all, tampering) = deliveries(.drop) { $0.probability = 0.25 }
        #expect(120...180 ~= all.count)
        #expect(tampering.counts == [1: 200 - all.count])
    }

    @Test func `the same seed harms the same messages`() {
        #expect(deliveries(.drop) { $0.probability = 0.5 }.all == deliveries(.drop) { $0.probability = 0.5 }.all)
        #expect(
            deliveries(.drop) { $0.probability = 0.5 }.all != deliveries(.drop, seed: 2) { $0.probability = 0.5 }.all
        )
    }

    @Test func `a partition lets nothing through, in its direction and of its workers`() {
        var rule = FaultRule(.partition, .one)
        rule.direction = .toWorkers
        var tampering = Tampering(seed: 1)
        tampering.add(Toxic(number: 4, rule: rule, workers: ["a"]))
        #expect(tampering.pass(message(1, .toWorkers), of: "a", at: 0).isEmpty)
        #expect(tampering.pass(message(1), of: "a", at: 0).count == 1)
        #expect(tampering.pass(message(1, .toWorkers), of: "b", at: 0).count == 1)
        tampering.remove(4)
        #expect(tampering.pass(message(1, .toWorkers), of: "a", at: 0).count == 1)
        #expect(tampering.counts == [4: 1])
    }

    @Test func `late messages stay in order, also behind those that were late`() {
        let (all, _) = deliveries(.latency) { ($0.delay, $0.jitter, $0.probability) = (0.05, 0.05, 0.5) }
        #expect(all.count == 200 && all.map(\.time) == all.map(\.time).sorted())
        #expect(all.enumerated().allSatisfy { 0...0.11 ~= $0.element.time - Double($0.offset) / 100 })
        #expect(all.contains { $0.time.truncatingRemainder(dividingBy: 0.01) != 0 })
    }

    @Test func `messages overtake those that fell behind`() {
        let (all, tampering) = deliveries(.reorder) { ($0.delay, $0.probability) = (0.025, 0.3) }
        #expect(all.count == 200 && all.map(\.time) != all.map(\.time).sorted())
        #expect(all.count { $0.passage.frames[0][0] < 200 } == 200 && (tampering.counts[1] ?? 0) > 30)
    }

    @Test func `messages come twice`() {
        let (all, tampering) = deliveries(.duplicate, count: 50)
        #expect(all.count == 100 && tampering.counts == [1: 50])
        #expect(stride(from: 0, to: 100, by: 2).allSatisfy { all[$0] == all[$0 + 1] })
    }

    @Test func `one bit is flipped, in any frame`() {
        let (all, _) = deliveries(.bitFlip)
        #expect(all.indices.allSatisfy { differingBits(all[$0].passage, message($0)) == 1 })
        #expect(Set(all.indices.map { all[$0].passage.frames[0] == message($0).frames[0] }).count == 2)
    }

    @Test func `a frame is cut short`() {
        let (all, _) = deliveries(.truncate)
        for (number, delivery) in all.enumerated() {
            let frames = delivery.passage.frames
            #expect(frames.count == 2 && frames.map(\.count) != [100, 50])
            #expect(zip(frames, message(number).frames).allSatisfy { $1.starts(with: $0) })
        }
    }

    @Test func `a slow link passes so many bytes per second`() {
        let (all, _) = deliveries(.bandwidth, count: 10) { $0.rate = 1000 }
        #expect(all.indices.allSatisfy { abs(all[$0].time - 0.15 * Double($0 + 1)) < 1e-9 })
    }

    @Test func `an empty message has nothing to be harmed`() {
        var tampering = Tampering(seed: 1)
        tampering.add(Toxic(number: 1, rule: FaultRule(.truncate), workers: ["a"]))
        tampering.add(Toxic(number: 2, rule: FaultRule(.bitFlip), workers: ["a"]))
        let empty = Relay.Passage(direction: .toWorkers, worker: WorkerID(1), frames: [[], []])
        #expect(tampering.pass(empty, of: "a", at: 0).map(\.passage) == [empty])
        #expect(tampering.counts.isEmpty)
    }
}
