import Dashboard
import Foundation
import Testing

@testable import Chaos

/// The parts of a fleet run that stand for themselves.
struct FleetPiecesTests {
    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("chaos-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func `the last record of a journal is found and cut`() throws {
        let first: [UInt8] = [3, 0, 0, 0] + .init(repeating: 9, count: 8) + [1, 2, 3]
        let second: [UInt8] = [4, 0, 0, 0] + .init(repeating: 9, count: 8) + [1, 2, 3, 4]
        try withFile(first + second + [7, 0]) { path in
            let journal = JournalFile(path: path)
            #expect(journal.lastRecord.map { [$0.offset, $0.byteCount] } == [15, 16])
            try journal.cut(to: 20)
            #expect(journal.lastRecord.map { [$0.offset, $0.byteCount] } == [0, 15])
            try journal.cut(to: 0)
            #expect(journal.lastRecord == nil)
        }
        #expect(JournalFile(path: "/nowhere").lastRecord == nil)
    }

    @Test func `events are read as their lines become whole, and again from a file that began anew`() throws {
        let lines = try [1, 2].map { try FleetEventRecord(time: $0, event: .joined, worker: "a").line() + "\n" }
        try withFile([]) { path in
            var tail = EventTail(path: path)
            #expect(tail.poll().isEmpty)
            func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
            try write(lines[0] + lines[1].prefix(9))
            #expect(tail.poll().map(\.time) == [1])
            try write(lines[0] + lines[1])
            #expect(tail.poll().map(\.time) == [2] && tail.poll().isEmpty)
            try write(lines[1])
            #expect(tail.poll().map(\.time) == [2])
        }
    }

    @Test func `cores without a worker that could work are lost, unless others have them`() {
        var ledger = LossLedger(cores: 2)
        ledger.pass(from: 0, to: 10, running: 31, of: 32)
        #expect(ledger.lostCoreSeconds == 0)
        ledger.pass(from: 10, to: 12, running: 1, of: 32)
        ledger.pass(from: 12, to: 13, running: 0, of: 32)
        ledger.add(0.5)
        #expect(ledger.lostCoreSeconds == 4.5)
    }

    @Test func `the time to a new lease is told from the loss and from the fault`() {
        var ledger = LossLedger(cores: 2)
        func note(_ event: FleetEventRecord.Name, _ time: Double, _ worker: String, from: String? = nil, at: Double) {
            ledger.note(FleetEventRecord(time: time, event: event, worker: worker, from: from), at: at)
        }
        ledger.harmed("a", at: 100)
        note(.lost, 10, "a", at: 101)
        note(.leasedAgain, 10.25, "b", from: "a", at: 101.5)
        // Nobody did anything to this one.
        note(.leaseLapsed, 11, "c", at: 102)
        note(.leasedAgain, 11.5, "b", from: "c", at: 102.5)
        // This one had no lease when it was lost; what happens to the next of its name is not for that reason.
        ledger.harmed("d", at: 103)
        note(.lost, 12, "d", at: 104)
        note(.joined, 13, "d", at: 105)
        note(.lost, 90, "d", at: 182)
        note(.leasedAgain, 90.1, "b", from: "d", at: 182.2)
        #expect(ledger.releases.sinceLoss.count == 3 && ledger.releases.sinceLoss.greatest == 0.5)
        #expect(ledger.releases.sinceFault == ChaosRecord.Spread([1.5]))
    }

    @Test func `a process is seen to stop, to go on and to end`() throws {
        let child = try ChildProcess("/bin/sleep", ["60"], environment: [:], errors: nil)
        func state(_ letters: Set<Character>) -> Bool {
            for _ in 0..<500 {
                if let state = child.status?.state, letters.contains(state) { return true }
                Thread.sleep(forTimeInterval: 0.01)
            }
            return false
        }
        child.send(SIGSTOP)
        #expect(state(["T"]))
        child.send(SIGCONT)
        #expect(state(["S", "R"]) && child.ending == nil)
        child.send(SIGKILL)
        for _ in 0..<500 where child.ending == nil { Thread.sleep(forTimeInterval: 0.01) }
        #expect(child.ending == .killed(signal: SIGKILL))
        let failing = try ChildProcess("/bin/sh", ["-c", "echo why >&2; exit 7"], environment: [:], errors: nil)
        for _ in 0..<500 where failing.ending == nil { Thread.sleep(forTimeInterval: 0.01) }
        #expect(failing.ending == .exited(7) && failing.words == "why\n")
    }
}
