import Foundation
import Testing

@testable import coterie

/// A clock that is set by hand, and what appeared.
private final class Screen {
    var time = Duration.zero
    var text = ""

    func display(_ style: ProgressDisplay.Style) -> ProgressDisplay {
        ProgressDisplay(style: style, now: { self.time }, sink: { self.text += $0 })
    }
}

struct ProgressDisplayTests {
    @Test func `a log gets one plain line every ten seconds`() {
        let screen = Screen()
        var display = screen.display(.lines)
        for second in 0...25 {
            screen.time = .seconds(second)
            display.update(phase: "iterations", done: second, limit: 300)
        }
        display.finish()
        #expect(screen.text == "iterations 10/300\niterations 20/300\n")
    }

    @Test func `everything that is known stands in the line`() {
        let screen = Screen()
        var display = screen.display(.lines)
        screen.time = .seconds(10)
        display.update(
            phase: "iterations",
            done: 7,
            limit: nil,
            objective: 0.123_456_789,
            moved: 42,
            rowsPerSecond: 1_234_567,
            workers: 1
        )
        #expect(screen.text == "iterations 7, objective 0.123457, moved 42, 1.23M rows/s, 1 worker\n")
    }

    @Test(arguments: [(0.2, "0:01"), (59.5, "1:00"), (125, "2:05"), (3725, "1:02:05"), (360_000, "100:00:00")])
    func `the time that is left is told like a clock`(seconds: Double, text: String) {
        let screen = Screen()
        var display = screen.display(.lines)
        screen.time = .seconds(10)
        display.update(phase: "searching", done: 3, limit: 9, remaining: seconds, workers: 2)
        #expect(screen.text == "searching 3/9, \(text) left, 2 workers\n")
    }

    @Test func `the time that is left at most is told so, with the restart at work`() {
        let screen = Screen()
        var display = screen.display(.lines)
        screen.time = .seconds(10)
        display.update(phase: "restart 2 of 6, iterating", done: 17, limit: 300, remaining: 62, isAtMost: true)
        #expect(screen.text == "restart 2 of 6, iterating 17/300, at most 1:02 left\n")
    }

    @Test func `a terminal gets one line, drawn again at most ten times a second`() {
        let screen = Screen()
        var display = screen.display(.bar(isColoured: false))
        for (milliseconds, done) in [(0, 0), (50, 1), (100, 2), (150, 4)] {
            screen.time = .milliseconds(milliseconds)
            display.update(phase: "seeding", done: done, limit: 4)
        }
        let empty = String(repeating: "─", count: 20)
        let half = String(repeating: "━", count: 10) + String(repeating: "─", count: 10)
        let drawn = "\r\u{1B}[Kseeding \(empty) 0/4" + "\r\u{1B}[Kseeding \(half) 2/4"
        #expect(screen.text == drawn)
        display.finish()
        let full = String(repeating: "━", count: 20)
        #expect(screen.text == drawn + "\r\u{1B}[Kseeding \(full) 4/4\n")
        display.finish()
        #expect(screen.text.filter { $0 == "\n" }.count == 1)
    }

    @Test func `colour is used only where it is wanted`() {
        let screen = Screen()
        var display = screen.display(.bar(isColoured: true))
        display.update(phase: "seeding", done: 1, limit: 2)
        #expect(screen.text.contains("\u{1B}[32m"))
    }

    @Test func `a count beyond its limit, or an empty limit, is no trap`() {
        let screen = Screen()
        var display = screen.display(.bar(isColoured: false))
        display.update(phase: "a", done: 9, limit: 4)
        screen.time = .seconds(1)
        display.update(phase: "a", done: 0, limit: 0)
        #expect(screen.text.hasSuffix("\r\u{1B}[Ka 0/0"))
    }

    @Test func `nothing is said when nothing is wanted`() {
        let screen = Screen()
        var display = screen.display(.nothing)
        screen.time = .seconds(60)
        display.update(phase: "seeding", done: 1, limit: 2)
        display.finish()
        #expect(screen.text.isEmpty)
    }

    @Test func `the style follows the terminal, the environment and the flags`() {
        typealias Style = ProgressDisplay.Style
        #expect(Style(isShown: false, isTerminal: true, environment: [:]) == .nothing)
        #expect(Style(isShown: true, isTerminal: false, environment: [:]) == .lines)
        #expect(Style(isShown: true, isTerminal: true, environment: [:]) == .bar(isColoured: true))
        #expect(Style(isShown: true, isTerminal: true, environment: ["NO_COLOR": "1"]) == .bar(isColoured: false))
        #expect(Style(isShown: true, isTerminal: true, environment: ["NO_COLOR": ""]) == .bar(isColoured: true))
        #expect(Style(isShown: true, isTerminal: true, environment: ["TERM": "dumb"]) == .lines)
    }
}
