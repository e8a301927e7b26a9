import Foundation
import Testing

/// Whoever connects to the port of a job that runs.
struct StrangerTests {
    /// Sends bytes over one connection, which stays open for half a second; what comes back is thrown away.
    private func send(_ bytes: [UInt8], port: Int, times: Int = 1) throws {
        let folder = try TestFolder()
        try folder.write(bytes, "bytes")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let copies = "for i in $(seq \(times)); do cat '\(folder("bytes"))'; done"
        process.arguments = ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port) && { \(copies); } >&3; sleep 0.5"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }

    /// Disturbs a job on a fleet that listens, and expects it to end as if nothing had been.
    private func disturb(_ disturbance: (_ port: Int) throws -> Void) throws {
        let job = try LongJob()
        let folder = try TestFolder()
        let port = try FreePort.next()
        let fleet = ["--workers", "2", "--listen", "tcp://127.0.0.1:\(port)", "--insecure", "--suspicion", "30"]
        let run = try RunningCoterie(job.arguments + fleet + ["-o", folder("o")])
        RunOutput(folder("o")).waitForRounds(1)
        try run.held { try disturbance(port) }
        let ended = try run.end()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try RunOutput(folder("o")).digest == job.digest)
        #expect(ended.errorLines.count <= 3, "\(ended.errors)")
        #expect(ended.errorLines.allSatisfy { $0.hasPrefix("coterie: warning: malformed message: ") })
        ended.expectNothingLeft()
    }

    @Test func `bytes that are no ZMTP do not disturb the job`() throws {
        var random = SplitMix(state: 7)
        try disturb { port in
            try send((0..<100_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }, port: port)
            try send(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), port: port)
        }
    }

    @Test func `a peer that is no worker does not disturb the job`() throws {
        try disturb { port in
            try send(ZMTP.opening(identity: Array("guest".utf8)) + ZMTP.frame([1, 2, 3]), port: port, times: 1)
            try send(ZMTP.opening(identity: []) + (0..<2000).flatMap { _ in ZMTP.frame([1, 2, 3]) }, port: port)
        }
    }

    @Test func `a worker's name with envelopes of garbage does not disturb the job`() throws {
        let identity = [UInt8(ascii: "C"), 1, 2, 3, 4, 5, 6, 7, 8]
        var random = SplitMix(state: 8)
        let garbage = (0..<500).flatMap { _ in
            ZMTP.frame((0..<(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        }
        try disturb { port in
            try send(ZMTP.opening(identity: identity) + garbage, port: port)
        }
    }

    @Test func `a frame of a terabyte is not waited for`() throws {
        let identity = [UInt8(ascii: "C"), 8, 7, 6, 5, 4, 3, 2, 1]
        try disturb { port in
            try send(ZMTP.opening(identity: identity) + [2] + ZMTP.bigEndian(1 << 40), port: port)
        }
    }
}

/// What the first bytes of ZeroMQ's protocol look like (ZMTP 3.1, RFC 37 of ZeroMQ), as far as a test needs to say it.
private enum ZMTP {
    /// The greeting and the READY command of a DEALER without security, of which no answer is awaited.
    static func opening(identity: [UInt8]) -> [UInt8] {
        let signature = [0xFF] + [UInt8](repeating: 0, count: 8) + [0x7F]
        let mechanism = Array("NULL".utf8) + [UInt8](repeating: 0, count: 16)
        let greeting = signature + [3, 1] + mechanism + [UInt8](repeating: 0, count: 32)
        let ready =
            [5] + Array("READY".utf8) + property("Socket-Type", Array("DEALER".utf8))
            + property("Identity", identity)
        return greeting + [4, UInt8(ready.count)] + ready
    }

    /// A message of one short frame.
    static func frame(_ bytes: [UInt8]) -> [UInt8] {
        [0, UInt8(bytes.count)] + bytes
    }

    static func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }

    private static func property(_ name: String, _ value: [UInt8]) -> [UInt8] {
        [UInt8(name.utf8.count)] + Array(name.utf8) + bigEndian(UInt64(value.count)).suffix(4) + value
    }
}
