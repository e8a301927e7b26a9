import Testing

@testable import Simulation

struct VirtualNetworkTests {
    private func network(_ faults: [Fault.Kind]) -> VirtualNetwork {
        var network = VirtualNetwork(SimulationOptions(seed: 1, size: SimulationSize(), jobs: 4))
        for (number, kind) in faults.enumerated() {
            network.begin(Fault(number: number + 1, time: 0, kind: kind))
        }
        return network
    }

    /// When messages arrive that are sent one millisecond after the other from time 0.
    private func arrivals(
        _ network: VirtualNetwork,
        slot: Int = 0,
        _ direction: VirtualNetwork.Direction = .toWorker
    ) -> [[Microseconds]] {
        var network = network
        return (0..<100).map { network.arrivals(slot: slot, direction, at: $0 * 1000) }
    }

    @Test func `Without faults everything arrives once and in order`() {
        let times = arrivals(network([])).flatMap { $0 }
        #expect(times.count == 100 && times == times.sorted())
        #expect(zip(times, 0...).allSatisfy { $0 >= $1 * 1000 })
    }

    @Test func `A partition stops one way, for its slots and its time`() {
        let parted = network([.partition(slots: [1], direction: .toCoordinator, isHeld: false, span: 50_000)])
        #expect(arrivals(parted, slot: 1, .toCoordinator).map(\.count) == (0..<100).map { $0 < 50 ? 0 : 1 })
        #expect(arrivals(parted, slot: 1, .toWorker).allSatisfy { $0.count == 1 })
        #expect(arrivals(parted, slot: 0, .toCoordinator).allSatisfy { $0.count == 1 })
    }

    @Test func `A network that holds messages lets them through at the end`() {
        let parted = network([.partition(slots: [1], direction: .both, isHeld: true, span: 50_000)])
        let times = arrivals(parted, slot: 1).flatMap { $0 }
        #expect(times.count == 100 && times.allSatisfy { $0 >= 50_000 })
    }

    @Test func `Messages are lost, repeated, late and overtaken`() {
        let lossy = arrivals(network([.loss(permille: 300, span: 1_000_000)])).filter(\.isEmpty).count
        #expect((10...60).contains(lossy))
        let repeated = arrivals(network([.duplication(permille: 500, span: 1_000_000)])).filter { $0.count == 2 }.count
        #expect((25...75).contains(repeated))
        let slow = arrivals(network([.slowLink(slot: 0, delay: 2_000_000, span: 1_000_000)])).flatMap { $0 }
        #expect(slow.allSatisfy { $0 >= 2_000_000 })
        let overtaken = arrivals(network([.reordering(delay: 500_000, span: 1_000_000)])).flatMap { $0 }
        #expect(overtaken != overtaken.sorted())
    }
}
