import Foundation
import Testing

@testable import Services

/// Worker processes that are none: what a fleet does with those that die and those that do not.
struct LocalFleetTests {
    /// A program that does what the line of shell says, whatever its arguments.
    private func program(_ line: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("stub-\(UUID().uuidString)").path
        // Another process writes it: one that a test starts meanwhile would inherit the open file, and a file that somebody
        // may write to cannot be run ("text file busy").
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = ["-c", "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod 755 \"$0\"", path, line]
        let ended = DispatchSemaphore(value: 0)
        writer.terminationHandler = { _ in ended.signal() }
        try writer.run()
        ended.wait()
        try #require(writer.terminationStatus == 0)
        return path
    }

    private func departures(of fleet: LocalFleet, until isEnough: ([LocalFleet.Departure]) -> Bool) throws
        -> [LocalFleet.Departure]
    {
        var all: [LocalFleet.Departure] = []
        let end = Date.now + 20
        while !isEnough(all) && Date.now < end {
            all += try fleet.takeDepartures()
            Thread.sleep(forTimeInterval: 0.002)
        }
        return all
    }

    @Test func `processes that die at once are replaced a few times and then given up`() throws {
        let fleet = LocalFleet(executable: "/bin/false", endpoint: "ipc:///nowhere", threads: 1) {}
        defer { fleet.end(members: []) }
        try fleet.start(2)
        #expect(!fleet.isHopeless)
        let all = try departures(of: fleet) { _ in fleet.isHopeless }
        #expect(fleet.isHopeless)
        #expect(all.count == 6)
        #expect(Set(all.map(\.name)) == ["local-1", "local-2"])
        #expect(Set(all.map(\.process)).count == 6)
        #expect(all.allSatisfy { $0.reason == "exited with 1" })
    }

    @Test func `a process that is killed is replaced`() throws {
        let stub = try program("kill -KILL $$")
        defer { try? FileManager.default.removeItem(atPath: stub) }
        let fleet = LocalFleet(executable: stub, endpoint: "ipc:///nowhere", threads: 1) {}
        defer { fleet.end(members: []) }
        try fleet.start(1)
        let first = try departures(of: fleet) { !$0.isEmpty }
        #expect(first.first?.reason == "killed by signal 9")
    }

    @Test func `processes that do not go are killed in the end`() throws {
        let stub = try program("trap '' TERM; echo $$ > \"$0.pid\"; while :; do sleep 0.1; done")
        defer { for end in ["", ".pid"] { try? FileManager.default.removeItem(atPath: stub + end) } }
        let fleet = LocalFleet(executable: stub, endpoint: "ipc:///nowhere", threads: 1) {}
        try fleet.start(1)
        var text = ""
        let deadline = Date.now + 20
        while !text.hasSuffix("\n") && Date.now < deadline {
            text = (try? String(contentsOfFile: stub + ".pid", encoding: .utf8)) ?? ""
            Thread.sleep(forTimeInterval: 0.002)
        }
        let process = try #require(Int32(text.dropLast()))
        #expect(kill(process, 0) == 0)
        fleet.end(members: [process])
        #expect(kill(process, 0) == -1)
        #expect(try fleet.takeDepartures().count <= 1)
        #expect(!fleet.isHopeless)
    }

    @Test func `processes that have not joined are not waited for`() throws {
        let stub = try program("trap '' TERM; while :; do sleep 0.1; done")
        defer { try? FileManager.default.removeItem(atPath: stub) }
        let fleet = LocalFleet(executable: stub, endpoint: "ipc:///nowhere", threads: 1) {}
        try fleet.start(3)
        let clock = ContinuousClock()
        // Those that have joined would be given two seconds to go.
        #expect(clock.measure { fleet.end(members: []) } < .seconds(1.5))
    }

    @Test func `a program that is not there is told with what to do`() throws {
        let fleet = LocalFleet(executable: "/nowhere/coterie", endpoint: "ipc:///nowhere", threads: 1) {}
        let error = try #require(throws: ServiceError.self) { try fleet.start(1) }
        #expect(error.exitCode == 69)
        #expect(error.message.hasPrefix("cannot start a worker: /nowhere/coterie: "))
    }
}
