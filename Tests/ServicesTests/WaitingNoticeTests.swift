import Coordination
import Testing

@testable import Services

struct WaitingNoticeTests {
    private func at(_ milliseconds: Int) -> Instant { Instant(.milliseconds(milliseconds)) }

    @Test func `nothing is said of a moment`() {
        var notice = WaitingNotice()
        #expect(notice.line(isWaiting: true, at: at(0)) == nil)
        #expect(notice.line(isWaiting: true, at: at(900)) == nil)
        #expect(notice.line(isWaiting: false, at: at(950)) == nil)
        #expect(notice.line(isWaiting: true, at: at(1500)) == nil)
    }

    @Test func `a longer wait is told of once, and so is its end`() {
        var notice = WaitingNotice()
        #expect(notice.line(isWaiting: true, at: at(0)) == nil)
        #expect(notice.line(isWaiting: true, at: at(1000)) == "waiting for the coordinator")
        #expect(notice.line(isWaiting: true, at: at(9000)) == nil)
        #expect(notice.line(isWaiting: false, at: at(9001)) == "joined the coordinator")
        #expect(notice.line(isWaiting: false, at: at(9002)) == nil)
    }
}
