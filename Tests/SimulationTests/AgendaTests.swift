import Testing

@testable import Simulation

struct AgendaTests {
    @Test func `Things happen by time, and in the order put down at one time`() {
        var agenda = Agenda<Int>()
        var random = SeededRandom(seed: 5)
        let times = (0..<200).map { _ in random.integer(0...20) }
        for (number, time) in times.enumerated() { agenda.add(number, at: time) }
        var order: [Int] = []
        while let (time, number) = agenda.next() {
            #expect(times[number] == time)
            order.append(number)
        }
        #expect(order == times.indices.sorted { (times[$0], $0) < (times[$1], $1) })
    }
}
