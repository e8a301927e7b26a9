import Coordination
import Testing

@testable import Services

struct StatusDeskTests {
    private func at(_ milliseconds: Int) -> Instant { Instant(.milliseconds(milliseconds)) }

    @Test func `an answer serves for a fifth of a second`() {
        var desk = StatusDesk()
        var made = 0
        for time in [0, 100, 199, 200, 399, 401] {
            let answer = desk.answer(at: at(time)) {
                made += 1
                return "\(made)"
            }
            #expect(answer == "\(made)")
        }
        #expect(made == 3)
    }

    @Test func `a flood of questions is left without answers, until the next second`() {
        var desk = StatusDesk()
        let answers = (0..<1000).compactMap { _ in desk.answer(at: at(500)) { "x" } }
        #expect(answers.count == 50)
        #expect(desk.answer(at: at(1000)) { "x" } != nil)
    }
}
