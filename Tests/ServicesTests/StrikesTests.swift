import Coordination
import Testing

@testable import Services

struct StrikesTests {
    @Test func `a worker is out when nothing it sent could be read, several times in a row`() {
        var strikes = Strikes()
        for _ in 1..<Strikes.most { strikes.add(WorkerID(1)) }
        #expect(!strikes.isOut(WorkerID(1)))
        strikes.clear(WorkerID(1))
        for _ in 1..<Strikes.most { strikes.add(WorkerID(1)) }
        #expect(!strikes.isOut(WorkerID(1)))
        strikes.add(WorkerID(1))
        #expect(strikes.isOut(WorkerID(1)))
        #expect(!strikes.isOut(WorkerID(2)))
    }
}
